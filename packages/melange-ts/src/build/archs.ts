import { availableParallelism, arch as hostArch } from 'node:os'
import { ALL_ARCHS, parseArch, toApkArch } from '@apkts/config'
import { DiagnosticError, type Log, throwProblems } from '@apkts/diagnostics'
import { compareBytes, sortedUnique } from '@apkts/encoding'
import { SandboxError } from '@apkts/sandbox'
import pLimit from 'p-limit'
import { RecipeError } from '../recipe/error.ts'

/** Node's names of processors that differ from both apk's and OCI's. */
const NODE_ARCHS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm/v7', ppc64: 'ppc64le' }

/** apk names of the architectures that a command line asks for: all of them for `all` or nothing, `host` for this machine. */
export function chosenArchs(names: readonly string[]): string[] {
  if (names.length === 0 || (names.length === 1 && names[0] === 'all')) return ALL_ARCHS.map(toApkArch)
  const oci = names.map((name) => (name === 'host' ? (NODE_ARCHS[hostArch()] ?? hostArch()) : name)).map(parseArch)
  return sortedUnique(oci).sort(compareBytes).map(toApkArch)
}

/**
 * Runs a job for each architecture, several at a time unless `sequential`. Architectures that a recipe excludes are passed over
 * with a warning; one that fails does not stop the others.
 * @throws the problems of all architectures together.
 */
export async function forEachArch<T>(
  archs: readonly string[],
  options: { readonly sequential: boolean; readonly log: Log },
  job: (arch: string) => Promise<T>,
): Promise<T[]> {
  const limit = pLimit(options.sequential ? 1 : availableParallelism())
  const outcomes = await Promise.allSettled(archs.map((arch) => limit(() => job(arch))))
  const problems: DiagnosticError[] = []
  const foreign = new Map<string, DiagnosticError>()
  const results: T[] = []
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') results.push(outcome.value)
    else if (isSkipped(outcome.reason)) options.log.warn(`${archs[at]}: ${outcome.reason.message}`)
    else if (outcome.reason instanceof SandboxError && outcome.reason.code === 'EMULATION_MISSING')
      foreign.set(archs[at]!, outcome.reason)
    else if (outcome.reason instanceof DiagnosticError) problems.push(outcome.reason)
    else throw outcome.reason
  }
  throwProblems([...problems, ...inOne(foreign)])
  if (results.length === 0) options.log.warn('the recipe is for none of the chosen architectures: nothing was done')
  return results
}

/** One error for all architectures whose programs do not run here: nobody reads seven of a kind. */
function inOne(foreign: ReadonlyMap<string, DiagnosticError>): DiagnosticError[] {
  const [first] = foreign.values()
  if (first === undefined || foreign.size === 1) return [...foreign.values()]
  const message = `this machine cannot run programs for ${[...foreign.keys()].join(', ')}`
  const notes = sortedUnique([...foreign.values()].flatMap((error) => error.notes))
  return [new SandboxError('EMULATION_MISSING', message, { notes, hint: first.hint })]
}

function isSkipped(error: unknown): error is RecipeError {
  return error instanceof RecipeError && error.code === 'SKIPPED_ARCH'
}
