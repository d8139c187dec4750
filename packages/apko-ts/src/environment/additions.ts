import type { ImageConfig } from '@apkts/config'
import { sortedUnique } from '@apkts/encoding'
import { ApkoError } from '../error.ts'

/** What the command line adds to the lists of a configuration. */
export interface Additions {
  readonly keyring: readonly string[]
  readonly buildRepositories: readonly string[]
  readonly repositories: readonly string[]
  readonly packages: readonly string[]
}

/** Nothing beside what the configuration says. */
export const NO_ADDITIONS: Additions = { keyring: [], buildRepositories: [], repositories: [], packages: [] }

/** World constraints: configured packages and added ones, in byte order. */
export function worldOf(config: ImageConfig, added: Additions): string[] {
  return sortedUnique([...config.contents.packages, ...added.packages])
}

/** Repository lines packages are resolved from. Throws `ApkoError` `NO_REPOSITORY` when there is none. */
export function buildRepositoriesOf(config: ImageConfig, added: Additions): string[] {
  const { buildRepositories, repositories } = config.contents
  const lines = [...buildRepositories, ...repositories, ...added.buildRepositories, ...added.repositories]
  if (lines.length === 0) throw noRepository('contents.repositories')
  return sortedUnique(lines)
}

/** Repository lines written to the image. Throws `ApkoError` `NO_REPOSITORY` when there is none. */
export function runtimeRepositoriesOf(config: ImageConfig, added: Additions): string[] {
  const { runtimeRepositories, repositories } = config.contents
  const lines = [...repositories, ...runtimeRepositories, ...added.repositories]
  if (lines.length === 0) throw noRepository('contents.repositories or contents.runtime_repositories')
  return sortedUnique(lines)
}

/** Keys to install: configured and added ones, in byte order. */
export function keyringOf(config: ImageConfig, added: Additions): string[] {
  return sortedUnique([...config.contents.keyring, ...added.keyring])
}

function noRepository(field: string): ApkoError {
  return new ApkoError('NO_REPOSITORY', `the image must provide at least one repository in ${field}`, {
    hint: 'add one to the configuration, or pass --repository-append',
  })
}
