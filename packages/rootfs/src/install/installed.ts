import type { TarHeader } from '@apkts/archive'
import type { InstallPackage } from './package.ts'

/** A package as the installed database knows it. */
export interface InstalledPackage {
  readonly package: InstallPackage
  /** The members that belong to it in the end, in tar order. */
  readonly files: readonly TarHeader[]
}
