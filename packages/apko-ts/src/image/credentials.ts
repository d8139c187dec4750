import type { ImageConfig } from '@apkts/config'
import type { Log } from '@apkts/diagnostics'
import { redactUrl, stripUserInfo } from '@apkts/repository'
import type { ArchPlan } from '../build/arch-plan.ts'

/**
 * A plan whose image does not hold the user names and passwords of its repositories, in `/etc/apk/repositories` and
 * `/etc/apko.json`; what is fetched with them stays the same.
 */
export function withoutCredentials(plan: ArchPlan): ArchPlan {
  const { config, runtimeRepositories } = plan
  return {
    ...plan,
    config: { ...config, contents: strippedContents(config.contents) },
    ...(runtimeRepositories === undefined ? {} : { runtimeRepositories: runtimeRepositories.map(stripUserInfo) }),
  }
}

/** Warns of user names and passwords that everybody who has the image will have, too. */
export function warnOfCredentials(plans: readonly ArchPlan[], log: Log): void {
  const lines = plans.flatMap(({ config, runtimeRepositories = [] }) => [
    ...config.contents.buildRepositories,
    ...config.contents.repositories,
    ...config.contents.keyring,
    ...runtimeRepositories,
  ])
  for (const line of new Set(lines)) {
    if (stripUserInfo(line) === line) continue
    log.warn(
      `the image holds the credentials of ${shown(line)}: --strip-credentials leaves them out, HTTP_AUTH and ~/.netrc need none`,
    )
  }
}

function strippedContents(contents: ImageConfig['contents']): ImageConfig['contents'] {
  return {
    ...contents,
    buildRepositories: contents.buildRepositories.map(stripUserInfo),
    runtimeRepositories: contents.runtimeRepositories.map(stripUserInfo),
    repositories: contents.repositories.map(stripUserInfo),
    keyring: contents.keyring.map(stripUserInfo),
  }
}

function shown(line: string): string {
  const [, tag = '', url = line] = /^(@\S+\s+)?(.*)$/s.exec(line) ?? []
  return `${tag}${redactUrl(url)}`
}
