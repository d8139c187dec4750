import { formatLocation } from '@apkts/diagnostics'
import { SolverError } from '@apkts/solver'
import { type CompiledRecipe, type CompiledStep, stepTitle } from '../compile/types.ts'

/** The error of an environment that cannot be resolved, with the steps that need what is missing; others as they are. */
export function withAskingSteps(error: unknown, steps: readonly CompiledStep[]): unknown {
  const missing = missingOf(error)
  if (missing === undefined) return error
  const askers = [...new Set(steps.flatMap((step) => askersIn(step, missing)))]
  const notes = askers.length > 0 ? askers : ['named in contents.packages of the environment, or by --package-append']
  return withMore(error as SolverError, { notes })
}

/** The same for the environment of a test; of a package of the recipe it says where tests take it from. */
export function withTestedPackage(
  error: unknown,
  steps: readonly CompiledStep[],
  { package: { name }, subpackages }: CompiledRecipe,
): unknown {
  const missing = missingOf(error)
  const own = [name, ...subpackages.map((subpackage) => subpackage.name)]
  if (missing === undefined || !own.includes(missing)) return withAskingSteps(error, steps)
  const hint = `Tests install ${missing} from a repository: --repository-append ./packages --keyring-append KEY.rsa.pub, after the build`
  return withMore(error as SolverError, { hint, notes: [] })
}

/** Name that the environment asks for and nothing provides. */
function missingOf(error: unknown): string | undefined {
  if (!(error instanceof SolverError) || error.code !== 'UNKNOWN_NAME') return undefined
  return error.chain.length === 1 ? error.chain[0]!.constraint : undefined
}

function askersIn(step: CompiledStep, name: string): string[] {
  if (!step.enabled) return []
  const place = step.at === undefined ? '' : ` (${formatLocation(step.at)})`
  const own = step.needs?.packages.includes(name)
    ? [`needed by the step ${JSON.stringify(stepTitle(step))}${place}`]
    : []
  return [...own, ...step.pipeline.flatMap((nested) => askersIn(nested, name))]
}

function withMore(error: SolverError, { hint, notes }: { hint?: string; notes: readonly string[] }): SolverError {
  const { code, message, at, cause, chain, candidates, conflict } = error
  const more = { hint: hint ?? error.hint, notes: [...notes, ...error.notes] }
  return new SolverError(code, message, { at, cause, chain, candidates, conflict, ...more })
}
