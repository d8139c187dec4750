import type { Constraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { compareCandidates } from '../prefer.ts'
import { meets, offers } from '../satisfy.ts'
import type { BeatenCandidate, ExcludedCandidate, Exclusion, Reason } from '../types.ts'
import { type Facts, givesVersion } from './facts.ts'
import type { Placed } from './order.ts'

/** The reasons of a complete solution, found by comparing every other candidate with the final set. */
export class Reasons {
  readonly #facts: Facts
  readonly #installed: ReadonlySet<Candidate>
  /** World entries and dependencies of the set that state a version or a conflict, by name, with who states them. */
  readonly #limits = new Map<string, Constraint[]>()
  readonly #byName = new Map<string, Candidate[]>()
  readonly #origins = new Map<string, string>()

  constructor(facts: Facts, installed: readonly Candidate[]) {
    this.#facts = facts
    this.#installed = new Set(installed)
    for (const candidate of installed) {
      if (candidate.record.origin !== '') this.#origins.set(candidate.record.origin, candidate.record.version)
      const names = new Set([candidate.name, ...candidate.provides.map((provided) => provided.name)])
      for (const name of names) push(this.#byName, name, candidate)
    }
    const demands = [facts.world, ...installed.map((candidate) => candidate.dependencies)]
    for (const constraint of demands.flat()) {
      push(this.#limits, constraint.name.replace(/^!/, ''), constraint)
    }
  }

  reasonFor({ candidate, kind, constraint, requiredBy }: Placed): Reason {
    const beaten: BeatenCandidate[] = []
    const excluded: ExcludedCandidate[] = []
    const named = new Set(kind === 'install-if' ? [] : (this.#facts.universe.byName.get(constraint.name) ?? []))
    for (const other of named) {
      if (this.#installed.has(other)) continue
      const place = { package: other.build, location: other.location }
      const exclusion = this.#exclusionOf(other, candidate, constraint)
      if (exclusion !== undefined) excluded.push({ ...place, exclusion })
      else beaten.push({ ...place, rule: this.#compare(candidate, other, constraint).rule })
    }
    const text = kind === 'install-if' ? candidate.record.installIf.join(' ') : constraint.text
    return {
      kind,
      constraint: text,
      beaten,
      excluded,
      ...(requiredBy === undefined ? {} : { requiredBy: requiredBy.build }),
    }
  }

  #exclusionOf(other: Candidate, taken: Candidate, constraint: Constraint): Exclusion | undefined {
    if (!offers(other, constraint)) return unmet(other, constraint)
    const arch = this.#facts.missingArch(other)
    if (arch !== undefined) return { kind: 'architecture', arch }
    if (!this.#facts.isInScope(other)) return { kind: 'tag', tag: other.tag }
    const obstacle = this.#limitOn(other) ?? this.#rivalOf(other, taken) ?? this.#needOf(other)
    if (obstacle !== undefined) return obstacle
    return this.#compare(other, taken, constraint).sign > 0 ? { kind: 'search' } : undefined
  }

  /** A constraint of the set that names the package and that it does not meet. */
  #limitOn(other: Candidate): Exclusion | undefined {
    for (const limit of this.#limits.get(other.name) ?? []) {
      const isConflict = limit.text.startsWith('!')
      if (isConflict && meets(other.record.version, limit)) return { kind: 'conflict', constraint: limit.text.slice(1) }
      if (!isConflict && !meets(other.record.version, limit)) return unmet(other, limit)
    }
    return undefined
  }

  #rivalOf(other: Candidate, taken: Candidate): Exclusion | undefined {
    for (const name of new Set([other.name, ...other.provides.map((provided) => provided.name)])) {
      for (const holder of this.#byName.get(name) ?? []) {
        if (holder === taken || holder === other) continue
        if (givesVersion(holder, name) || givesVersion(other, name)) return { kind: 'rival', by: holder.build, name }
      }
    }
    return undefined
  }

  /** A dependency of the package that what is installed under its name does not meet. */
  #needOf(other: Candidate): Exclusion | undefined {
    for (const constraint of other.dependencies) {
      const isConflict = constraint.text.startsWith('!')
      const holders = this.#byName.get(isConflict ? constraint.name.slice(1) : constraint.name) ?? []
      const blocking = isConflict ? holders : holders.filter((holder) => givesVersion(holder, constraint.name))
      const clash = blocking.find((holder) => isConflict || !offers(holder, constraint))
      const isMet = !isConflict && holders.some((holder) => offers(holder, constraint))
      if (clash !== undefined && !isMet) return { kind: 'needs', constraint: constraint.text, found: clash.build }
    }
    return undefined
  }

  #compare(a: Candidate, b: Candidate, { name, pin }: Constraint) {
    return compareCandidates(a, b, {
      name,
      pin,
      existing: () => undefined,
      originVersion: (origin) => this.#origins.get(origin),
    })
  }
}

function unmet(other: Candidate, constraint: Constraint): Exclusion {
  const provided = other.provides.find((element) => element.name === constraint.name && element.version !== '')
  if (other.name === constraint.name || provided === undefined) {
    return { kind: 'version', version: other.record.version, constraint: constraint.text }
  }
  return { kind: 'provided-version', provided: provided.text, constraint: constraint.text }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
