import { type Constraint, parseVersion, satisfies } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import type { Candidate } from './candidate.ts'
import type { ChainStep } from './error.ts'
import { constrain, excludeRivals } from './exclusions.ts'
import { type Failing, failInvalidVersion, failNoCandidate, failSelect, failSelected } from './failure.ts'
import { type FilterOptions, filterCandidates } from './filter.ts'
import { bestCandidate } from './prefer.ts'
import { reasonOf } from './reason.ts'
import type { SolveState, Taken, WalkContext } from './state.ts'

/** What the dependencies of one world entry add. */
export interface Walk {
  /** In installation order; a name may occur more than once. */
  readonly list: readonly Taken[]
  readonly conflicts: readonly string[]
}

/** A package whose dependencies are being solved. */
interface Frame {
  readonly taken: Taken
  /** Names and texts the package provides itself. */
  readonly own: ReadonlySet<string>
  /** Dependencies still to look at; after the first round only those that had candidates. */
  rest: readonly Constraint[]
  readonly list: Taken[]
  readonly conflicts: string[]
}

/**
 * Solves the dependencies of the record taken for a world entry, depth first: in each round the dependency with the
 * fewest candidates (bytewise smallest text on a tie) is taken, and solved itself before the next round.
 * A stack of frames instead of recursion: chains of dependencies may be thousands long.
 */
export function solveDependencies(state: SolveState, root: Taken, context: WalkContext): Walk {
  const frames: Frame[] = []
  enter(state, frames, root)
  for (;;) {
    const frame = frames.at(-1)!
    const next = nextDependency(state, frames, context)
    if (next === undefined) {
      frames.pop()
      const parent = frames.at(-1)
      if (parent === undefined) return frame
      adopt(parent, frame, context)
    } else if (isAncestor(frames, next.candidate)) {
      frame.list.push(next)
    } else {
      enter(state, frames, next)
    }
  }
}

function isAncestor(frames: readonly Frame[], { name }: Candidate): boolean {
  return frames.some(({ taken }) => taken.candidate.name === name)
}

function enter(state: SolveState, frames: Frame[], taken: Taken): void {
  const { provides, dependencies } = taken.candidate
  const own = new Set(provides.flatMap(({ text, name }) => [text, name]))
  frames.push({ taken, own, rest: dependencies, list: [], conflicts: [] })
  const invalid = constrain(state.exclusions, dependencies)
  if (invalid !== undefined) failInvalidVersion(failing(frames, invalid))
}

function adopt(parent: Frame, child: Frame, context: WalkContext): void {
  for (const taken of child.list) {
    parent.list.push(taken)
    context.remember(taken.candidate)
  }
  parent.list.push(child.taken)
  parent.conflicts.push(...child.conflicts)
}

interface Option {
  readonly constraint: Constraint
  readonly candidates: readonly Candidate[]
  readonly admitted: FilterOptions
}

/** Takes the next dependency of the innermost frame, selecting the package that has it; undefined when none is open. */
function nextDependency(state: SolveState, frames: readonly Frame[], context: WalkContext): Taken | undefined {
  const frame = frames.at(-1)!
  const parent = frame.taken.candidate
  const options = openOptions(state, frames, context)
  if (options.length === 0) return undefined
  const scarce = options.reduce((low, option) => (compareOptions(option, low) < 0 ? option : low))
  frame.rest = options.filter((option) => option !== scarce).map((option) => option.constraint)
  const { constraint, candidates, admitted } = scarce
  const choice = bestCandidate(candidates, { ...context.preference, name: constraint.name, pin: '' })
  const reason = reasonOf(state.exclusions, { constraint, options: admitted, requiredBy: parent }, choice)
  excludeRivals(state.exclusions, choice.taken)
  select(state, parent, failing(frames, constraint))
  return { candidate: choice.taken, reason }
}

function compareOptions(a: Option, b: Option): number {
  return a.candidates.length - b.candidates.length || compareBytes(a.constraint.text, b.constraint.text)
}

function openOptions(state: SolveState, frames: readonly Frame[], context: WalkContext): Option[] {
  const frame = frames.at(-1)!
  const options = new Map<string, Option>()
  for (const constraint of frame.rest) {
    if (constraint.text.startsWith('!')) {
      frame.conflicts.push(constraint.text.slice(1))
      continue
    }
    if (options.has(constraint.text) || isSettled(state, frames, constraint)) continue
    const admitted = { allow: context.allow, existing: context.preference.existing(constraint.name) }
    const candidates = filterCandidates(state.exclusions, constraint, admitted)
    if (candidates.length === 0) failNoCandidate(state.exclusions, failing(frames, constraint), admitted)
    options.set(constraint.text, { constraint, candidates, admitted })
  }
  return [...options.values()]
}

/** True when the package itself or a selected one already satisfies the dependency; throws when a selected one forbids it. */
function isSettled(state: SolveState, frames: readonly Frame[], constraint: Constraint): boolean {
  const { taken, own } = frames.at(-1)!
  const { candidate } = taken
  if (own.has(constraint.name) || own.has(constraint.text)) return true
  if (constraint.name === candidate.name && satisfiesItself(candidate, constraint)) return true
  const selected = state.selected.get(constraint.name)
  if (selected === undefined) return false
  if (constraint.version === '' || isOfferedBy(selected, constraint)) return true
  return failSelected(failing(frames, constraint), selected)
}

function satisfiesItself({ version }: Candidate, { operator, version: wanted }: Constraint): boolean {
  if (version === undefined || operator === 'any') return version !== undefined
  const required = parseVersion(wanted)
  return required !== undefined && satisfies(version, operator, required)
}

// A provided version is compared with the operator of the `provides` element, not with that of the dependency: a
// selected `v=5` does not satisfy `v>=2`. The result for every existing index depends on it.
function isOfferedBy(selected: Candidate, constraint: Constraint): boolean {
  const required = parseVersion(constraint.version)
  if (required === undefined || selected.version === undefined) return false
  for (const provided of selected.provides) {
    if (provided.name !== constraint.name || provided.version === '') continue
    const version = parseVersion(provided.version)
    if (version === undefined) return false
    if (satisfies(version, provided.operator, required)) return true
  }
  return satisfies(selected.version, constraint.operator, required)
}

/** Enters a package whose dependencies are about to be taken under its name and its versioned provides. */
function select(state: SolveState, candidate: Candidate, failing: Failing): void {
  const { selected } = state
  const before = selected.get(candidate.name)
  if (before === candidate) return
  if (before !== undefined) failSelect(failing, candidate, before, candidate.name)
  selected.set(candidate.name, candidate)
  for (const { name, version } of candidate.provides) {
    const holder = selected.get(name)
    if (holder !== undefined) failSelect(failing, candidate, holder, name)
    if (version !== '') selected.set(name, candidate)
  }
}

function failing(frames: readonly Frame[], constraint: Constraint): Failing {
  const chain = frames.map(
    ({ taken }): ChainStep => ({
      constraint: taken.reason.constraint,
      taken: taken.candidate.build,
    }),
  )
  return { chain, constraint }
}
