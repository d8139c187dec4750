import type { ApkLimits } from '@apkts/apk'
import type { KeyPolicy, Keys } from '@apkts/keyring'
import { isRemote, type RepositoryClient } from '@apkts/repository'
import { checkImage } from './image/check.ts'
import { readImageArchive, readImageLayout } from './image/read.ts'
import { verifyIndexBytes } from './index-file.ts'
import { kindOfSubject } from './kind.ts'
import { verifyPackageStream } from './package.ts'
import { verifyRepository } from './repository.ts'
import { localRepository, readAll, remoteRepository } from './sources.ts'
import type { Report } from './types.ts'

export interface VerifyOptions {
  readonly keys: Keys
  /** Gets the bytes of URLs and paths. */
  readonly client: RepositoryClient
  /** Architectures of repositories to check; empty for all. */
  readonly archs?: readonly string[]
  readonly limits?: ApkLimits
  readonly policy?: KeyPolicy
  readonly onPackage?: (name: string) => void
}

/**
 * Checks a package, an index, a repository or an image as far as the chain of trust goes: index, control section, data
 * section, each file. What does not hold is in the report; what cannot be checked at all is an error.
 * @throws VerifyError, RepositoryError or a system error.
 */
export async function verifySubject(subject: string, options: VerifyOptions): Promise<Report> {
  const { keys, client, archs = [], limits, policy, onPackage } = options
  const shared = { keys, policy, ...(limits === undefined ? {} : { limits }) }
  switch (await kindOfSubject(subject)) {
    case 'package':
      return verifyPackageStream({ subject, bytes: client.stream(subject), ...shared })
    case 'index':
      return verifyIndexBytes({ subject, bytes: await readAll(client.stream(subject), subject), ...shared }).report
    case 'image-archive':
      return checkImage(await readImageArchive(client.stream(subject)), subject)
    case 'image-layout':
      return checkImage(await readImageLayout(subject), subject)
    case 'local-repository':
    case 'remote-repository': {
      const source = (isRemote(subject) ? remoteRepository : localRepository)(subject, client, archs)
      return verifyRepository({ source, ...shared, ...(onPackage === undefined ? {} : { onPackage }) })
    }
  }
}
