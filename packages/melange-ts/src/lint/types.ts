import type { JsonValue } from '@apkts/encoding'
import type { PackageTree } from '../tree/index.ts'

/** A package under a linter's eyes. */
export interface LintSubject {
  readonly name: string
  readonly tree: PackageTree
  /** What the steps of the package's test use; undefined when its recipe is not known. */
  readonly testUses: readonly string[] | undefined
  /** Keeps what linters of melange say by mistake. */
  readonly likeMelange?: boolean
}

/** What a linter has to say. */
export interface Finding {
  readonly message: string
  /** Lines that follow the message on the console. */
  readonly more?: readonly string[]
  /** Stored with the finding. */
  readonly details?: JsonValue
  /** The details as console lines. */
  readonly items?: readonly string[]
}

export interface Linter {
  readonly name: string
  /** What to do about a finding. */
  readonly explain: string
  check(subject: LintSubject): Finding | undefined
}

/** A finding of a certain linter. */
export interface LintResult {
  readonly linter: Linter
  readonly finding: Finding
}
