import { toApkArch } from '@apkts/config'
import { type Log, messageOf } from '@apkts/diagnostics'
import {
  checkSolution,
  headline,
  type Solution,
  type SolutionWarning,
  type SolveInput,
  SolverError,
  solve,
  solveComplete,
} from '@apkts/solver'
import { ApkoError } from '../error.ts'
import { betterFailure, type SolvedFor, withPlace } from './solver-place.ts'

/** `compatible` takes apko's picks; `complete` searches until everything holds. */
export type ResolverName = 'compatible' | 'complete'

/** How the packages of an image are chosen. */
export interface Resolving {
  /** Default compatible. */
  readonly resolver?: ResolverName | undefined
  /** What is only warned of else is an error. */
  readonly strict?: boolean | undefined
}

export interface ResolveOptions extends SolvedFor, Resolving {
  readonly log: Log
  readonly reported: Set<string>
}

/**
 * Resolves a world with the wanted resolver and looks at the result as a whole. A failure of the compatible resolver
 * says whether the complete one has a solution, or else which constraints contradict each other. Throws `SolverError`.
 */
export function resolveWorld(input: SolveInput, options: ResolveOptions): Solution {
  const solution = options.resolver === 'complete' ? complete(input, options) : compatible(input, options)
  warnOfGaps(input, solution, options)
  return solution
}

function complete(input: SolveInput, options: ResolveOptions): Solution {
  try {
    return solveComplete(input)
  } catch (error) {
    if (!(error instanceof SolverError)) throw error
    throw withPlace(error, options)
  }
}

function compatible(input: SolveInput, options: ResolveOptions): Solution {
  try {
    return solve(input)
  } catch (error) {
    if (!(error instanceof SolverError)) throw error
    throw betterFailure(error, tryComplete(input), options)
  }
}

function tryComplete(input: SolveInput): Solution | SolverError {
  try {
    return solveComplete(input)
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
}

const SHOWN = 5

function warnOfGaps(
  input: SolveInput,
  { packages }: Solution,
  { arch, resolver, strict, log, reported }: ResolveOptions,
): void {
  const warnings = checkSolution(packages, { world: input.world, indexes: input.indexes })
  for (const { message } of warnings.filter(({ kind }) => kind === 'install-if')) log.debug(message)
  for (const { message } of warnings.filter(({ kind }) => kind === 'unknown-tag')) warnOnce(message, { log, reported })
  const gaps = warnings.filter(({ kind }) => kind !== 'install-if' && kind !== 'unknown-tag')
  const fresh = gaps.filter(({ message }) => !reported.has(message))
  if (fresh.length === 0) return
  if (strict) throw inconsistent(arch, fresh, resolver === 'complete' ? undefined : remedy(input))
  for (const { message } of fresh) reported.add(message)
  log.warn(`packages for ${toApkArch(arch)} do not fit together`)
  for (const { message } of fresh.slice(0, SHOWN)) log.warn(`  ${message}`)
  if (fresh.length > SHOWN) log.warn(`  and ${fresh.length - SHOWN} more`)
  if (resolver !== 'complete') log.warn(remedy(input))
}

function inconsistent(arch: string, gaps: readonly SolutionWarning[], hint: string | undefined): ApkoError {
  const notes = gaps.slice(0, SHOWN).map(({ message }) => message)
  const more = gaps.length > SHOWN ? [`and ${gaps.length - SHOWN} more`] : []
  const message = `packages for ${toApkArch(arch)} do not fit together`
  return new ApkoError('NOT_CONSISTENT', message, { notes: [...notes, ...more], hint })
}

function remedy(input: SolveInput): string {
  const found = tryComplete(input)
  if (!(found instanceof SolverError)) return 'a consistent set exists: pass --resolver complete'
  return `no consistent set was found: ${found.conflict.length > 0 ? headline(found.conflict) : messageOf(found)}`
}

function warnOnce(message: string, { log, reported }: Pick<ResolveOptions, 'log' | 'reported'>): void {
  if (reported.has(message)) return
  reported.add(message)
  log.warn(message)
}
