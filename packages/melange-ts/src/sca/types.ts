import type { PackageTree } from '../tree/index.ts'

/** Switches of a package's generated relations. */
export interface ScaOptions {
  readonly noProvides: boolean
  readonly noDepends: boolean
  readonly noCommands: boolean
  readonly noVersionedShlibDeps: boolean
}

/** The analysis leaves nothing out. */
export const NO_SCA_OPTIONS: ScaOptions = {
  noProvides: false,
  noDepends: false,
  noCommands: false,
  noVersionedShlibDeps: false,
}

/** A package to analyse. */
export interface ScaPackage {
  readonly name: string
  readonly tree: PackageTree
  readonly options: ScaOptions
  /** Runtime dependencies that the recipe declares. */
  readonly runtime: readonly string[]
}

/** What all packages of one build share. */
export interface ScaBuild {
  /** `<version>-r<epoch>` of the origin. */
  readonly version: string
  /** Main package first, then subpackages. */
  readonly packages: readonly ScaPackage[]
  /** Turns a library a package needs into a versioned dependency; absent: such dependencies are not generated. */
  readonly versionOf?: ((library: string) => string | undefined) | undefined
}

/** Relations found in the files, each list sorted by bytes without duplicates. */
export interface Generated {
  readonly runtime: readonly string[]
  readonly provides: readonly string[]
  /** Names of things that are shipped where only the package itself finds them. */
  readonly vendored: readonly string[]
}

/** Where generators put what they find. */
export interface Findings {
  readonly runtime: Set<string>
  readonly provides: Set<string>
  readonly vendored: Set<string>
}

/** What a generator looks at. */
export interface Subject extends ScaPackage {
  readonly version: string
  /** All packages of the build, this one included. */
  readonly relatives: readonly PackageTree[]
  /** Directories in which the dynamic linker finds libraries. */
  readonly libraryDirectories: readonly string[]
  readonly versionOf: (library: string) => string | undefined
  readonly warn: (message: string) => void
}

export type Generator = (subject: Subject, findings: Findings) => void | Promise<void>
