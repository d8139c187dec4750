import { type ApkoVersion, type Constraint, type PackageRecord, parseConstraint, parseVersion } from '@apkts/apk'

/** A record in the universe of one solve. Parsed parts are computed on first use: most records are never looked at. */
export class Candidate {
  #version: ApkoVersion | undefined
  #versionParsed = false
  #provides: readonly Constraint[] | undefined
  #dependencies: readonly Constraint[] | undefined

  constructor(
    readonly record: PackageRecord,
    readonly tag: string,
    readonly location: string,
    readonly arch?: string,
  ) {}

  get name(): string {
    return this.record.name
  }

  /** `name-version`, as people and file names say it. */
  get build(): string {
    return `${this.record.name}-${this.record.version}`
  }

  /** The package version; undefined when the grammar refuses it. */
  get version(): ApkoVersion | undefined {
    if (!this.#versionParsed) {
      this.#version = parseVersion(this.record.version)
      this.#versionParsed = true
    }
    return this.#version
  }

  get provides(): readonly Constraint[] {
    this.#provides ??= this.record.provides.map((text) => parseConstraint(text))
    return this.#provides
  }

  get dependencies(): readonly Constraint[] {
    this.#dependencies ??= this.record.dependencies.map((text) => parseConstraint(text))
    return this.#dependencies
  }

  /** Version text of the package for a name: its own, or that of its first `provides` element of that name; empty when it has none. */
  versionFor(name: string): string {
    if (this.record.name === name) return this.record.version
    return this.provides.find((provided) => provided.name === name)?.version ?? ''
  }
}
