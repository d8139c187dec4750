import type { SpdxLicensingInfo } from '../spdx.ts'

/** An archive that a build step downloads. */
export interface FetchSource {
  readonly kind: 'fetch'
  /** Position of the step in its pipeline. */
  readonly index: number
  readonly uri: string
  readonly purlName: string
  readonly purlVersion: string
  /** Hex, or empty. */
  readonly sha256: string
  readonly sha512: string
}

/** A git repository that a build step checks out. */
export interface GitSource {
  readonly kind: 'git'
  readonly index: number
  readonly repository: string
  readonly branch: string
  readonly tag: string
  readonly commit: string
}

/** Where a build took something from. */
export type Source = FetchSource | GitSource

/** Everything the document of one package is made from. */
export interface PackageSbomInput {
  readonly name: string
  /** With the release: `1.2-r3`. */
  readonly version: string
  readonly arch: string
  readonly namespace: string
  /** SPDX expression; empty when the recipe declares none. */
  readonly license: string
  readonly copyrightText: string
  /** CPE 2.3 text, or empty. */
  readonly cpe: string
  /** Build date, RFC 3339. */
  readonly created: string
  /** Such as `melange-ts (1.0.0)`. */
  readonly tool: string
  readonly recipe: Recipe
  /** Sources of the package's own pipeline when it is a subpackage; they precede the recipe. */
  readonly ownSources: readonly Source[]
  readonly mainSources: readonly Source[]
  readonly extractedLicenses: readonly SpdxLicensingInfo[]
}

export interface Recipe {
  /** As given on the command line. */
  readonly path: string
  readonly commit: string
  readonly repositoryUrl: string
  /** Licence of the recipe itself. */
  readonly license: string
}
