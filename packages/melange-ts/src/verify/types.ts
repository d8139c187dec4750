import type { SignatureJudgement, Trust } from '@apkts/keyring'

/** Something that does not hold, and where. */
export interface Fault {
  readonly code: string
  /** File, with the entry, record or blob in it. */
  readonly at: string
  readonly message: string
}

/** What was checked of one thing, and what came out. */
export interface Report {
  readonly kind: 'package' | 'index' | 'repository' | 'image'
  /** Path or URL. */
  readonly subject: string
  /** What the signatures are worth; absent for what carries none. */
  readonly trust?: Trust
  readonly signatures?: readonly SignatureJudgement[]
  /** Name and version, architecture, number of records and the like, for people. */
  readonly summary: string
  readonly faults: readonly Fault[]
  /** Worth knowing, but no reason to refuse. */
  readonly warnings: readonly Fault[]
  /** Reports of what it contains: the indexes and packages of a repository. */
  readonly parts: readonly Report[]
  /** True for a package vouched for by a trusted index, whose own signature does not matter then. */
  readonly vouched?: boolean
}

/** Collects faults and warnings of one subject. */
export class Findings {
  readonly faults: Fault[] = []
  readonly warnings: Fault[] = []
  readonly #subject: string

  constructor(subject: string) {
    this.#subject = subject
  }

  /** `place` is the part of the subject it is about. */
  fault(code: string, message: string, place?: string): void {
    this.faults.push({ code, at: this.#at(place), message })
  }

  warn(code: string, message: string, place?: string): void {
    this.warnings.push({ code, at: this.#at(place), message })
  }

  #at(place: string | undefined): string {
    return place === undefined ? this.#subject : `${this.#subject}: ${place}`
  }
}
