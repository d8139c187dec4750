import { parseConstraint } from '@apkts/apk'
import { nearNames } from '@apkts/diagnostics'
import type { Candidate } from '../candidate.ts'
import type { ClauseInput } from '../complete/clause.ts'
import type { Facts } from '../complete/facts.ts'
import { MAX_CONFLICTS } from '../complete/solve.ts'
import type { Source } from '../complete/source.ts'
import type { ExcludedCandidate, Exclusion } from '../types.ts'
import { minimise } from './minimise.ts'

/** A build and where it is. */
export interface BuildPlace {
  /** `name-version`. */
  readonly package: string
  readonly location: string
}

/** One of the constraints that cannot hold together. */
export type ConflictPart =
  | {
      readonly kind: 'world'
      readonly constraint: string
      /** What would meet it; empty when nothing does. */
      readonly candidates: readonly BuildPlace[]
      readonly near: Near
    }
  | {
      readonly kind: 'dependency'
      readonly constraint: string
      /** The builds that have the dependency, each of them needed for the contradiction. */
      readonly packages: readonly BuildPlace[]
      readonly candidates: readonly BuildPlace[]
      readonly near: Near
    }
  /** Builds of which only one can be installed. */
  | { readonly kind: 'same-name'; readonly name: string; readonly packages: readonly BuildPlace[] }
  | { readonly kind: 'tag'; readonly tag: string; readonly packages: readonly BuildPlace[] }

/** For a constraint that nothing meets: what comes near. */
export interface Near {
  /** What has the name, and why it does not do; at most five, the newest last. */
  readonly builds: readonly ExcludedCandidate[]
  /** Similar names, when nothing has the name. */
  readonly names: readonly string[]
}

/**
 * Turns the core of a contradiction into the smallest set of constraints that cannot hold together, world entries
 * first, then what they lead to.
 */
export function conflictOf(facts: Facts, core: readonly ClauseInput<Source>[]): ConflictPart[] {
  const clauses = minimise(core, { keyOf, maxConflicts: MAX_CONFLICTS })
  const parts = new Map<string, ConflictPart>()
  for (const { source } of inOrder(facts, clauses)) {
    const key = partKey(source)
    const part = partOf(facts, source)
    const known = parts.get(key)
    parts.set(key, known === undefined ? part : merge(known, part))
  }
  return [...parts.values()]
}

/** What is left out as a whole when a core is made smaller. */
function keyOf(source: Source): unknown {
  return source.kind === 'world' || source.kind === 'dependency' ? source.constraint : source
}

function partKey(source: Source): string {
  if (source.kind === 'same-name') return `same-name ${source.name}`
  if (source.kind === 'tag') return `tag ${source.candidate.tag}`
  return source.kind === 'world' || source.kind === 'dependency'
    ? `${source.kind} ${source.constraint.text}`
    : source.kind
}

/** World entries, then dependencies from the world down, then names that are taken twice. */
function inOrder(facts: Facts, clauses: readonly ClauseInput<Source>[]): ClauseInput<Source>[] {
  const world = clauses.filter(({ source }) => source.kind === 'world')
  const rank = ({ source }: ClauseInput<Source>) =>
    source.kind === 'world' ? facts.world.indexOf(source.constraint) : 0
  const ordered = new Set(world.sort((a, b) => rank(a) - rank(b)))
  const reached = new Set<Candidate>()
  for (const clause of ordered) {
    for (const literal of clause.literals) if (literal > 0) reached.add(facts.candidate(literal))
    const next = clauses.filter(
      ({ source }) =>
        source.kind === 'dependency' && source.constraint.text[0] !== '!' && reached.has(source.candidate),
    )
    for (const found of next) ordered.add(found)
  }
  return [...ordered, ...clauses.filter((clause) => !ordered.has(clause))]
}

function partOf(facts: Facts, source: Source): ConflictPart {
  switch (source.kind) {
    case 'world':
      return { kind: 'world', ...demandOf(facts, source.constraint.text) }
    case 'dependency':
      return { kind: 'dependency', packages: [placeOf(source.candidate)], ...demandOf(facts, source.constraint.text) }
    case 'same-name':
      return { kind: 'same-name', name: source.name, packages: source.pair.map(placeOf) }
    default: {
      const candidate = source.kind === 'install-if' ? undefined : source.candidate
      return { kind: 'tag', tag: candidate?.tag ?? '', packages: candidate === undefined ? [] : [placeOf(candidate)] }
    }
  }
}

function merge(a: ConflictPart, b: ConflictPart): ConflictPart {
  if (a.kind === 'world' || b.kind === 'world') return a
  const known = new Set(a.packages.map(({ package: build, location }) => `${location} ${build}`))
  const more = b.packages.filter(({ package: build, location }) => !known.has(`${location} ${build}`))
  return { ...a, packages: [...a.packages, ...more] }
}

function demandOf(facts: Facts, constraint: string) {
  const asked = parseConstraint(constraint.replace(/^!/, ''))
  const candidates = facts.offering(asked).map(placeOf)
  const near = candidates.length > 0 || constraint.startsWith('!') ? NOTHING_NEAR : nearTo(facts, constraint)
  return { constraint, candidates, near }
}

const NOTHING_NEAR: Near = { builds: [], names: [] }
const NEAREST = 5

function nearTo(facts: Facts, text: string): Near {
  const constraint = parseConstraint(text)
  const named = [...new Set(facts.universe.byName.get(constraint.name) ?? [])]
  if (named.length === 0) return { builds: [], names: nearNames(constraint.name, facts.universe.byName.keys()) }
  const builds = named.map((candidate) => ({ ...placeOf(candidate), exclusion: exclusionOf(facts, candidate, text) }))
  return { builds: builds.slice(-NEAREST), names: [] }
}

function exclusionOf(facts: Facts, candidate: Candidate, constraint: string): Exclusion {
  const arch = facts.missingArch(candidate)
  if (arch !== undefined) return { kind: 'architecture', arch }
  if (!facts.isInScope(candidate)) return { kind: 'tag', tag: candidate.tag }
  const { name } = parseConstraint(constraint)
  const provided = candidate.provides.find((element) => element.name === name && element.version !== '')
  if (candidate.name === name || provided === undefined) {
    return { kind: 'version', version: candidate.record.version, constraint }
  }
  return { kind: 'provided-version', provided: provided.text, constraint }
}

function placeOf(candidate: Candidate): BuildPlace {
  return { package: candidate.build, location: candidate.location }
}
