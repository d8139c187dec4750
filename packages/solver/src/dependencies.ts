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

/** The walk of one world entry. The list is shared by all frames: what a package needs is appended before it. */
interface Walking {
  readonly state: SolveState
  readonly context: WalkContext
  readonly frames: Frame[]
  /** Names of the packages on the stack. */
  readonly ancestors: Set<string>
  readonly list: Taken[]
  readonly conflicts: string[]
}

/** A package whose dependencies are being solved. */
interface Frame {
  readonly taken: Taken
  /** Names and texts the package provides itself. */
  readonly own: ReadonlySet<string>
  /** Dependencies still to look at; after the first round only those that had candidates. */
  rest: readonly Constraint[]
  /** Options of the last round, and the state they were computed in. */
  options: readonly Option[]
  revision: number
  /** Positions in the list of the packages taken for this one's dependencies. */
  readonly children: number[]
}

interface Option {
  readonly constraint: Constraint
  readonly candidates: readonly Candidate[]
  readonly admitted: FilterOptions
}

/**
 * Solves the dependencies of the record taken for a world entry, depth first: in each round the dependency with the
 * fewest candidates (bytewise smallest text on a tie) is taken, and solved itself before the next round.
 * A stack of frames instead of recursion: chains of dependencies may be thousands long.
 */
export function solveDependencies(state: SolveState, root: Taken, context: WalkContext): Walk {
  const walking: Walking = { state, context, frames: [], ancestors: new Set(), list: [], conflicts: [] }
  enter(walking, root)
  for (;;) {
    const frame = walking.frames.at(-1)!
    const next = nextDependency(walking, frame)
    if (next === undefined) {
      if (!leave(walking)) return walking
    } else if (walking.ancestors.has(next.candidate.name)) {
      frame.children.push(walking.list.push(next) - 1)
    } else {
      enter(walking, next)
    }
  }
}

function enter({ state, frames, ancestors }: Walking, taken: Taken): void {
  const { name, provides, dependencies } = taken.candidate
  const own = new Set(provides.flatMap((provided) => [provided.text, provided.name]))
  frames.push({ taken, own, rest: dependencies, options: [], revision: -1, children: [] })
  ancestors.add(name)
  const invalid = constrain(state.exclusions, dependencies)
  if (invalid !== undefined) failInvalidVersion(failing(frames, invalid))
}

/**
 * Ends the innermost frame and appends its package to the list. What it needs is remembered, but not the package itself:
 * that happens when its own asker ends. False when the root has ended.
 */
function leave({ context, frames, ancestors, list }: Walking): boolean {
  const frame = frames.pop()!
  ancestors.delete(frame.taken.candidate.name)
  const parent = frames.at(-1)
  if (parent === undefined) return false
  for (const position of frame.children) context.remember({ candidate: list[position]!.candidate, position })
  parent.children.push(list.push(frame.taken) - 1)
  return true
}

/** Takes the next dependency of the innermost frame, selecting the package that has it; undefined when none is open. */
function nextDependency(walking: Walking, frame: Frame): Taken | undefined {
  const { state, context, frames } = walking
  const parent = frame.taken.candidate
  const options = currentOptions(walking, frame)
  if (options.length === 0) return undefined
  const scarce = options.reduce((low, option) => (compareOptions(option, low) < 0 ? option : low))
  frame.options = options.filter((option) => option !== scarce)
  frame.rest = frame.options.map((option) => option.constraint)
  const { constraint, candidates, admitted } = scarce
  const choice = bestCandidate(candidates, { ...context.preference, name: constraint.name, pin: '' })
  const reason = reasonOf(state.exclusions, { constraint, options: admitted, requiredBy: parent }, choice)
  excludeRivals(state.exclusions, choice.taken)
  const clash = select(state, parent)
  if (clash !== undefined) failSelect(failing(frames, constraint), parent, clash.holder, clash.name)
  return { candidate: choice.taken, reason }
}

// Packages with thousands of dependencies exist: options are filtered again only after something has changed.
function currentOptions(walking: Walking, frame: Frame): readonly Option[] {
  const { state, context } = walking
  const revision = state.exclusions.size + state.selected.size + context.changes
  if (revision !== frame.revision) {
    frame.options = openOptions(walking, frame)
    frame.revision = revision
  }
  return frame.options
}

function compareOptions(a: Option, b: Option): number {
  return a.candidates.length - b.candidates.length || compareBytes(a.constraint.text, b.constraint.text)
}

function openOptions({ state, context, frames, conflicts }: Walking, frame: Frame): Option[] {
  const options = new Map<string, Option>()
  for (const constraint of frame.rest) {
    if (constraint.text.startsWith('!')) {
      conflicts.push(constraint.text.slice(1))
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

interface Clash {
  readonly holder: Candidate
  readonly name: string
}

/**
 * Enters a package whose dependencies are about to be taken under its name and its versioned provides. Returns the
 * first of these names that is held already, and by whom; a package that provides its own name clashes with itself.
 */
function select({ selected }: SolveState, candidate: Candidate): Clash | undefined {
  const before = selected.get(candidate.name)
  if (before === candidate) return undefined
  if (before !== undefined) return { holder: before, name: candidate.name }
  selected.set(candidate.name, candidate)
  for (const { name, version } of candidate.provides) {
    const holder = selected.get(name)
    if (holder !== undefined) return { holder, name }
    if (version !== '') selected.set(name, candidate)
  }
  return undefined
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
