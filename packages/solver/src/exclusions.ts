import { type ApkoVersion, type Constraint, parseConstraint, parseVersion, satisfies } from '@apkts/apk'
import type { Candidate } from './candidate.ts'
import { filterCandidates } from './filter.ts'
import type { Exclusion, SolverIndex } from './types.ts'
import type { Universe } from './universe.ts'

/** The growing map of records that cannot be chosen any more. Nothing is ever taken back. */
export class Exclusions {
  readonly #reasons = new Map<Candidate, Exclusion>()
  #onExclude: ((candidate: Candidate) => void) | undefined

  constructor(readonly universe: Universe) {}

  /** Number of records excluded. */
  get size(): number {
    return this.#reasons.size
  }

  has(candidate: Candidate): boolean {
    return this.#reasons.has(candidate)
  }

  reason(candidate: Candidate): Exclusion | undefined {
    return this.#reasons.get(candidate)
  }

  /** Excludes a record; a newer reason replaces an older one. */
  exclude(candidate: Candidate, reason: Exclusion): void {
    const isNew = !this.#reasons.has(candidate)
    this.#reasons.set(candidate, reason)
    if (isNew) this.#onExclude?.(candidate)
  }

  /** Calls `listener` for every record that becomes excluded until the returned function is called. */
  watch(listener: (candidate: Candidate) => void): () => void {
    this.#onExclude = listener
    return () => {
      this.#onExclude = undefined
    }
  }
}

/**
 * Excludes what cannot satisfy the constraints (world entries or a package's dependencies) before anything is chosen.
 * Returns the first constraint whose version is not a version, if any; the rest is then not applied.
 */
export function constrain(exclusions: Exclusions, constraints: readonly Constraint[]): Constraint | undefined {
  for (const constraint of constraints) {
    if (constraint.text.startsWith('!')) {
      excludeConflict(exclusions, constraint.text.slice(1))
      continue
    }
    const named = exclusions.universe.byName.get(constraint.name)
    if (constraint.operator === 'any' || named === undefined) continue
    const required = parseVersion(constraint.version)
    if (required === undefined) return constraint
    for (const candidate of named) excludeUnsatisfying(exclusions, candidate, constraint, required)
  }
  return undefined
}

function excludeConflict(exclusions: Exclusions, text: string): void {
  const conflict = parseConstraint(text)
  for (const candidate of filterCandidates(exclusions, conflict, { prefer: conflict.pin })) {
    exclusions.exclude(candidate, { kind: 'conflict', constraint: text })
  }
}

function excludeUnsatisfying(
  exclusions: Exclusions,
  candidate: Candidate,
  constraint: Constraint,
  required: ApkoVersion,
): void {
  if (candidate.name === constraint.name) {
    const { version } = candidate
    if (version !== undefined && satisfies(version, constraint.operator, required)) return
    const reason = { version: candidate.record.version, constraint: constraint.text }
    exclusions.exclude(candidate, { kind: 'version', ...reason })
    return
  }
  for (const provided of candidate.provides) {
    if (provided.name !== constraint.name || provided.version === '') continue
    const version = parseVersion(provided.version)
    if (version !== undefined && satisfies(version, constraint.operator, required)) continue
    exclusions.exclude(candidate, {
      kind: 'provided-version',
      provided: provided.text,
      constraint: constraint.text,
    })
  }
}

/**
 * Excludes what cannot be installed beside a package that was taken. A versioned name has one provider only; an
 * unversioned one may have several, but none that gives it a version (the real package of that name included).
 */
export function excludeRivals(exclusions: Exclusions, taken: Candidate): void {
  for (const { name, version } of taken.provides) {
    for (const rival of exclusions.universe.byName.get(name) ?? []) {
      if (rival === taken || exclusions.has(rival)) continue
      if (version === '' && rival.versionFor(name) === '') continue
      exclusions.exclude(rival, { kind: 'rival', by: taken.build, name })
    }
  }
}

/** Excludes builds (name and version) that some other architecture of the image does not have at all. */
export function excludeMissingOnSiblings(
  exclusions: Exclusions,
  siblings: ReadonlyMap<string, readonly SolverIndex[]>,
): void {
  for (const [arch, indexes] of siblings) {
    const builds = indexes.map((index) => buildsOf(index))
    for (const candidate of exclusions.universe.candidates) {
      const { build } = candidate
      if (!builds.some((known) => known.has(build))) exclusions.exclude(candidate, { kind: 'architecture', arch })
    }
  }
}

const knownBuilds = new WeakMap<object, ReadonlySet<string>>()

function buildsOf({ records }: SolverIndex): ReadonlySet<string> {
  let builds = knownBuilds.get(records)
  if (builds === undefined) {
    builds = new Set(records.map((record) => `${record.name}-${record.version}`))
    knownBuilds.set(records, builds)
  }
  return builds
}
