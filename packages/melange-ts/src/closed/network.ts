import { DiagnosticError } from '@apkts/diagnostics'
import type { RecipePackage } from '../recipe/types.ts'

/** Which steps reach the network: none, those of builds, or those of tests, too. */
export type NetworkMode = 'none' | 'build' | 'full'

/** From closed to open. */
export const NETWORK_MODES: readonly NetworkMode[] = ['none', 'build', 'full']

/** Annotation of a package with which a recipe says how little it needs. */
export const NETWORK_ANNOTATION = 'melange-ts/network'

/** What a command line wishes, for all recipes and for some by name. */
export interface NetworkPolicy {
  readonly mode: NetworkMode
  readonly byRecipe: ReadonlyMap<string, NetworkMode>
}

export class NetworkError extends DiagnosticError<'NETWORK_MODE'> {
  override readonly name = 'NetworkError'
}

/** Reads `MODE` and `RECIPE=MODE`. Without a mode everything is open, as in melange. @throws NetworkError */
export function networkPolicy(values: readonly string[]): NetworkPolicy {
  let mode: NetworkMode = 'full'
  const byRecipe = new Map<string, NetworkMode>()
  for (const value of values) {
    const at = value.lastIndexOf('=')
    if (at < 0) mode = modeOf(value, '--network')
    else byRecipe.set(value.slice(0, at), modeOf(value.slice(at + 1), `--network ${value}`))
  }
  return { mode, byRecipe }
}

/**
 * Whether the steps of a recipe reach the network. What the command line says of that recipe counts; otherwise the closer of
 * what it says of all and what the recipe says of itself.
 * @throws NetworkError when the recipe says something else than a mode.
 */
export function reachesNetwork(
  { name, annotations, at }: Pick<RecipePackage, 'name' | 'annotations' | 'at'>,
  purpose: 'build' | 'test',
  policy: NetworkPolicy,
): boolean {
  const own = annotations[NETWORK_ANNOTATION]
  const said = own === undefined ? 'full' : modeOf(own, `the annotation ${NETWORK_ANNOTATION}`, at)
  const mode = policy.byRecipe.get(name) ?? closer(policy.mode, said)
  return mode === 'full' || (mode === 'build' && purpose === 'build')
}

function closer(a: NetworkMode, b: NetworkMode): NetworkMode {
  return NETWORK_MODES.indexOf(a) <= NETWORK_MODES.indexOf(b) ? a : b
}

function modeOf(text: string, where: string, at?: RecipePackage['at']): NetworkMode {
  const mode = NETWORK_MODES.find((candidate) => candidate === text)
  if (mode !== undefined) return mode
  const expected = `expected ${NETWORK_MODES.join(', ')} in ${where}, found ${JSON.stringify(text)}`
  throw new NetworkError('NETWORK_MODE', expected, { at })
}
