/** What `.PKGINFO` and an index both say about a package. */
export interface PackageFacts {
  readonly name: string
  readonly version: string
  readonly arch: string
  readonly description: string
  readonly license: string
  readonly origin: string
  readonly maintainer: string
  readonly url: string
  readonly commit: string
  readonly dependencies: readonly string[]
  readonly provides: readonly string[]
  readonly installIf: readonly string[]
  /** Known for packages read from a file; an index does not carry it. */
  readonly replaces: readonly string[]
  readonly providerPriority: bigint
}
