import { goJson, type JsonValue } from '@apkts/encoding'

/** A lock file: the packages a configuration resolved to, per architecture, with the bytes they consist of. */
export interface LockFile {
  readonly version: string
  readonly config?: LockedConfig | undefined
  readonly keyring: readonly LockedKey[]
  readonly buildRepositories: readonly LockedRepository[]
  readonly runtimeRepositories: readonly LockedRepository[]
  readonly repositories: readonly LockedRepository[]
  readonly packages: readonly LockedPackage[]
}

export interface LockedConfig {
  /** Path of the configuration as given on the command line. */
  readonly name: string
  /** `sha256-<base64>` of the configuration's bytes. */
  readonly checksum: string
}

export interface LockedKey {
  readonly name: string
  readonly url: string
  readonly content: string
}

export interface LockedRepository {
  readonly name: string
  /** Address of the index. */
  readonly url: string
  /** Repository spelling. */
  readonly architecture: string
}

/** A package as a lock file has it, with the checksum and the range of each of its segments. */
export interface LockedPackage {
  readonly name: string
  readonly url: string
  readonly version: string
  readonly architecture: string
  readonly signature: LockedSegment
  readonly control: LockedSegment
  readonly data: LockedSegment
  /** `Q1<base64>` of the control segment's SHA-1. */
  readonly checksum: string
}

/** Both texts are empty for a segment that is not there. */
export interface LockedSegment {
  /** `bytes=<first>-<last>` */
  readonly range: string
  readonly checksum: string
}

/** Text of a lock file: two-space indented JSON with a final newline. */
export function formatLockFile(lock: LockFile): string {
  const { keyring, buildRepositories, runtimeRepositories, repositories, packages } = lock
  const document: JsonValue = {
    version: lock.version,
    config: lock.config && { name: lock.config.name, checksum: lock.config.checksum },
    contents: {
      keyring: keyring.map(({ name, url, content }) => ({ name, url, content: content === '' ? undefined : content })),
      build_repositories: buildRepositories.map(repositoryJson),
      runtime_repositories: runtimeRepositories.map(repositoryJson),
      repositories: repositories.map(repositoryJson),
      packages: packages.map(packageJson),
    },
  }
  return `${goJson(document, '  ')}\n`
}

function repositoryJson({ name, url, architecture }: LockedRepository): JsonValue {
  return { name, url, architecture }
}

function packageJson(locked: LockedPackage): JsonValue {
  return {
    name: locked.name,
    url: locked.url,
    version: locked.version,
    architecture: locked.architecture,
    signature: segmentJson(locked.signature),
    control: segmentJson(locked.control),
    data: segmentJson(locked.data),
    checksum: locked.checksum,
  }
}

function segmentJson({ range, checksum }: LockedSegment): JsonValue {
  return { range, checksum }
}
