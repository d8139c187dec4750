import type { ImageConfig } from '@apkts/config'
import type { Keys } from '@apkts/keyring'
import type { FetchablePackage } from '@apkts/repository'

/** Everything that decides one architecture's root filesystem, before any package is fetched. */
export interface ArchPlan {
  /** OCI name. */
  readonly arch: string
  /** Validated and, for images, locked. */
  readonly config: ImageConfig
  readonly keys: Keys
  readonly world: readonly string[]
  readonly buildRepositories: readonly string[]
  /** Absent for guests of builds, which keep the build list. */
  readonly runtimeRepositories?: readonly string[]
  readonly streamableLinks?: boolean | undefined
  readonly skipForeignLibraries?: boolean | undefined
  /** Leaves out what the build itself puts into every image. */
  readonly bare?: boolean | undefined
  /** In installation order. */
  readonly packages: readonly FetchablePackage[]
}
