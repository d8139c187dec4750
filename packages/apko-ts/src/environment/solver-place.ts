import { type Locate, toApkArch } from '@apkts/config'
import { formatLocation, type Location } from '@apkts/diagnostics'
import { redactUrl } from '@apkts/repository'
import { conflictNotes, formatExclusion, headline, type Solution, SolverError } from '@apkts/solver'
import { worldPlaces } from '../explain/subject.ts'

export interface SolvedFor {
  /** OCI name. */
  readonly arch: string
  /** Configured packages, as written. */
  readonly packages: readonly string[]
  readonly locate?: Locate | undefined
}

/**
 * The error for a world that the compatible resolver could not solve: with the constraints that contradict each other,
 * or, when there is a solution after all, with the way to it.
 */
export function betterFailure(error: SolverError, outcome: Solution | SolverError, asked: SolvedFor): SolverError {
  if (!(outcome instanceof SolverError)) {
    const hint = `a consistent set of ${outcome.packages.length} packages exists: pass --resolver complete`
    return withPlace(new SolverError(error.code, error.message, { ...detailsOf(error), hint }), asked)
  }
  if (outcome.conflict.length === 0) return withPlace(error, asked)
  const { code, message, conflict, hint } = outcome
  return withPlace(new SolverError(code, message, { ...detailsOf(error), conflict, hint }), asked)
}

/** The same error with the architecture, the place in the configuration that asked for it, and not too many candidates. */
export function withPlace(error: SolverError, { arch, packages, locate }: SolvedFor): SolverError {
  const placeOf = worldPlaces(packages, locate)
  const roots = [...error.conflict.map((part) => (part.kind === 'world' ? part.constraint : '')), rootOf(error)]
  const at = error.at ?? roots.map(placeOf).find((place) => place !== undefined)
  const message = error.conflict.length > 0 ? headline(error.conflict) : error.message.split('\n', 1)[0]!
  const notes = [...reasonsOf(error, placeOf), `while resolving for ${toApkArch(arch)}`]
  return new SolverError(error.code, message, { ...detailsOf(error), at, notes })
}

function detailsOf({ at, hint, cause, notes, chain, candidates, conflict }: SolverError) {
  return { at, hint, cause, notes, chain, candidates, conflict }
}

function rootOf({ chain }: SolverError): string {
  return chain[0]?.constraint ?? ''
}

const SHOWN = 5

function reasonsOf(error: SolverError, placeOf: (constraint: string) => Location | undefined): string[] {
  const place = (constraint: string) => {
    const at = placeOf(constraint)
    return at === undefined ? undefined : formatLocation(at)
  }
  if (error.conflict.length > 0)
    return [...error.notes, ...conflictNotes(error.conflict, { placeOf: place, showLocation: redactUrl })]
  const { chain, candidates } = error
  const steps = chain.map(({ constraint, taken }, i) => {
    const asker = i === 0 ? `${place(constraint) ?? 'the world'} asks for` : `${chain[i - 1]!.taken} needs`
    return `${asker} "${constraint}"${taken === undefined ? '' : ` → ${taken}`}`
  })
  const shown = candidates
    .slice(-SHOWN)
    .map(({ package: build, exclusion }) => `${build}: ${formatExclusion(exclusion)}`)
  const rest = candidates.length - shown.length
  return [...error.notes, ...steps, ...shown, ...(rest > 0 ? [`and ${rest} more candidates`] : [])]
}
