import { messageOf } from '@apkts/diagnostics'
import { type DiscoveredKey, discoverAlpineKeys, discoverJwksKeys, type FetchBytes, KeyringError } from '@apkts/keyring'
import { isRemote, RepositoryError } from '@apkts/repository'
import type { Session } from './session.ts'

/**
 * Keys that remote repositories announce: Alpine's release keys for Alpine's repositories, and each repository's own
 * key set. Lines with a `@tag` are not looked at, as in apko. A failure of Alpine's list is an error unless offline;
 * that of a repository's own set is only worth a debug message, because most have none.
 */
export async function discoverKeys(lines: readonly string[], arch: string, session: Session): Promise<DiscoveredKey[]> {
  const repositories = lines.filter(isRemote)
  if (repositories.length === 0) return []
  const announced = repositories.map((repository) => discoverOwnKeys(repository, session))
  return (await Promise.all([discoverAlpine(repositories, arch, session), ...announced])).flat()
}

async function discoverAlpine(
  repositories: readonly string[],
  arch: string,
  session: Session,
): Promise<DiscoveredKey[]> {
  const fetch: FetchBytes = (url) => session.repositories.fetchFile(url, { authenticate: false })
  try {
    return await discoverAlpineKeys({ repositories, arch, fetch, now: session.now() })
  } catch (error) {
    if (!session.offline || !isExpected(error)) throw error
    session.log.debug(`no Alpine keys while offline: ${messageOf(error)}`)
    return []
  }
}

async function discoverOwnKeys(repository: string, session: Session): Promise<DiscoveredKey[]> {
  try {
    return await discoverJwksKeys(repository, (url) =>
      session.repositories.fetchFile(url, { cache: 'latest', attempts: 2 }),
    )
  } catch (error) {
    if (!isExpected(error)) throw error
    session.log.debug(messageOf(error))
    return []
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof KeyringError || error instanceof RepositoryError
}
