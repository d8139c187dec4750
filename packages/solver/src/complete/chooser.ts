import type { Constraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { bestCandidate, type PreferenceContext } from '../prefer.ts'
import type { Facts } from './facts.ts'
import type { Trail } from './trail.ts'

type Context = Pick<PreferenceContext, 'existing' | 'originVersion'>

/** Ranks candidates like the compatible resolver, knowing what a search has installed so far. */
export class Chooser {
  readonly #facts: Facts
  readonly #mirror: (Candidate | undefined)[] = []
  readonly #byName = new Map<string, Candidate>()
  readonly #byOrigin = new Map<string, string[]>()
  readonly #context: Context = {
    existing: (name) => this.#byName.get(name),
    originVersion: (origin) => this.#byOrigin.get(origin)?.at(-1),
  }

  constructor(facts: Facts) {
    this.#facts = facts
  }

  best(constraint: Constraint, candidates: readonly Candidate[]): Candidate {
    const { name, pin } = constraint
    return bestCandidate(candidates, { ...this.#context, name, pin }).taken
  }

  /** Takes over what has changed since the last call. */
  follow(trail: Trail<unknown>): void {
    const unchanged = trail.takeUnchanged()
    while (this.#mirror.length > unchanged) this.#remove(this.#mirror.pop())
    for (let i = unchanged; i < trail.length; i++) {
      const literal = trail.at(i)
      const candidate = literal > 0 ? this.#facts.candidate(literal) : undefined
      this.#mirror.push(candidate)
      this.#add(candidate)
    }
  }

  #add(candidate: Candidate | undefined): void {
    if (candidate === undefined) return
    const { name, origin, version } = candidate.record
    this.#byName.set(name, candidate)
    const versions = this.#byOrigin.get(origin)
    if (origin === '') return
    if (versions === undefined) this.#byOrigin.set(origin, [version])
    else versions.push(version)
  }

  #remove(candidate: Candidate | undefined): void {
    if (candidate === undefined) return
    this.#byName.delete(candidate.name)
    this.#byOrigin.get(candidate.record.origin)?.pop()
  }
}
