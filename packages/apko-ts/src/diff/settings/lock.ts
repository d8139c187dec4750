import { sha256Hex } from '@apkts/encoding'
import { redactUrl } from '@apkts/repository'
import type { LockedRepository, LockFile } from '../../lock/format.ts'

/** What is compared of a lock file besides its packages: where they come from, and the keys that vouch for them. */
export function lockSettings(lock: LockFile): object {
  const urls = (list: readonly LockedRepository[]) => list.map(({ url }) => redactUrl(url))
  return {
    config: lock.config?.name,
    build_repositories: urls(lock.buildRepositories),
    runtime_repositories: urls(lock.runtimeRepositories),
    repositories: urls(lock.repositories),
    keyring: lock.keyring.map(({ name, content }) => ({ name, sha256: sha256Hex(content) })),
  }
}
