/** An image configuration with every absent field at its zero value. Member names follow the YAML keys. */
export interface ImageConfig {
  readonly contents: ImageContents
  readonly entrypoint: ImageEntrypoint
  readonly cmd: string
  readonly stopSignal: string
  readonly workDir: string
  readonly accounts: ImageAccounts
  /** OCI names, in the order written. */
  readonly archs: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly paths: readonly PathMutation[]
  /** `url@revision` */
  readonly vcsUrl: string
  readonly annotations: Readonly<Record<string, string>>
  readonly include: string
  readonly volumes: readonly string[]
  readonly layering?: ImageLayering | undefined
  readonly certificates?: ImageCertificates | undefined
}

/** `contents` of an image configuration: what is installed, and from where. */
export interface ImageContents {
  readonly buildRepositories: readonly string[]
  readonly runtimeRepositories: readonly string[]
  readonly repositories: readonly string[]
  /** Paths or URLs of public keys. */
  readonly keyring: readonly string[]
  readonly runtimeKeyring: readonly NamedContent[]
  /** World constraints. */
  readonly packages: readonly string[]
  readonly baseImage?: BaseImageRef | undefined
}

/** A key or certificate that stands in the configuration itself. */
export interface NamedContent {
  readonly name: string
  /** PEM text. */
  readonly content: string
}

/** An image to build upon. */
export interface BaseImageRef {
  /** Directory of an OCI layout. */
  readonly image: string
  /** Directory with `<apk arch>/APKINDEX`, the base's installed databases. */
  readonly apkIndex: string
}

/** `entrypoint` of an image configuration: what the image runs. */
export interface ImageEntrypoint {
  readonly type: string
  readonly command: string
  readonly shellFragment: string
  readonly services: Readonly<Record<string, string>>
}

/** `accounts` of an image configuration. */
export interface ImageAccounts {
  readonly runAs: string
  readonly users: readonly ImageUser[]
  readonly groups: readonly ImageGroup[]
}

/** A user added to `/etc/passwd`. */
export interface ImageUser {
  readonly userName: string
  readonly uid: number
  /** The uid when absent; an explicit 0 stays 0. */
  readonly gid?: number | undefined
  readonly shell: string
  readonly homeDir: string
}

/** A group added to `/etc/group`. */
export interface ImageGroup {
  readonly groupName: string
  readonly gid: number
  readonly members: readonly string[]
}

/** A change of a path after installation. */
export interface PathMutation {
  readonly path: string
  /** `directory`, `empty-file`, `hardlink`, `symlink` or `permissions`; checked when applied. */
  readonly type: string
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly permissions: number
  readonly source: string
  readonly recursive: boolean
}

/** `layering` of an image configuration. */
export interface ImageLayering {
  readonly strategy: string
  readonly budget: number
}

/** `certificates` of an image configuration. */
export interface ImageCertificates {
  readonly additional: readonly NamedContent[]
  readonly providers: readonly string[]
}

/** A configuration in which everything is absent. */
export const EMPTY_IMAGE_CONFIG: ImageConfig = {
  contents: {
    buildRepositories: [],
    runtimeRepositories: [],
    repositories: [],
    keyring: [],
    runtimeKeyring: [],
    packages: [],
  },
  entrypoint: { type: '', command: '', shellFragment: '', services: {} },
  cmd: '',
  stopSignal: '',
  workDir: '',
  accounts: { runAs: '', users: [], groups: [] },
  archs: [],
  environment: {},
  paths: [],
  vcsUrl: '',
  annotations: {},
  include: '',
  volumes: [],
}
