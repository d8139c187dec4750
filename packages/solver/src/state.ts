import type { Candidate } from './candidate.ts'
import type { Exclusions } from './exclusions.ts'
import type { PreferenceContext } from './prefer.ts'
import type { Reason } from './types.ts'

/** A record in the solution, and why. */
export interface Taken {
  readonly candidate: Candidate
  readonly reason: Reason
}

/** What grows over one whole solve. */
export interface SolveState {
  readonly exclusions: Exclusions
  /** Packages whose dependencies were solved, by their name and by their versioned provides. */
  readonly selected: Map<string, Candidate>
}

/** The records fixed so far, by name, with the version of each origin (that of the last record that has one). */
export class Chosen {
  readonly #records: Map<string, Candidate>
  readonly #origins = new Map<string, string>()

  constructor(records: Map<string, Candidate>) {
    this.#records = records
    for (const candidate of records.values()) this.#addOrigin(candidate)
  }

  get(name: string): Candidate | undefined {
    return this.#records.get(name)
  }

  originVersion(origin: string): string | undefined {
    return this.#origins.get(origin)
  }

  addIfAbsent(candidate: Candidate): void {
    if (this.#records.has(candidate.name)) return
    this.#records.set(candidate.name, candidate)
    this.#addOrigin(candidate)
  }

  #addOrigin({ record }: Candidate): void {
    if (record.origin !== '') this.#origins.set(record.origin, record.version)
  }
}

/** What the walk of one world entry knows beyond the state: its own additions lie over the records chosen before. */
export class WalkContext {
  readonly #added = new Map<string, { readonly candidate: Candidate; readonly position: number }>()
  readonly #origins = new Map<string, { readonly version: string; readonly position: number }>()
  #changes = 0
  readonly preference: Omit<PreferenceContext, 'name' | 'pin'>

  constructor(
    chosen: Chosen,
    /** The tag of the world entry: records of its repositories are admitted. */
    readonly allow: string,
  ) {
    this.preference = {
      existing: (name) => this.#added.get(name)?.candidate ?? chosen.get(name),
      originVersion: (origin) => this.#origins.get(origin)?.version ?? chosen.originVersion(origin),
    }
  }

  /** How often the context has changed. */
  get changes(): number {
    return this.#changes
  }

  /** Adds the record at a position of the walk's list; of two with one name or origin the later position counts. */
  remember({ candidate, position }: { candidate: Candidate; position: number }): void {
    const { name, origin, version } = candidate.record
    this.#changes++
    if (position >= (this.#added.get(name)?.position ?? 0)) this.#added.set(name, { candidate, position })
    if (origin === '' || position < (this.#origins.get(origin)?.position ?? 0)) return
    this.#origins.set(origin, { version, position })
  }
}
