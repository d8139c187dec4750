import { formatLocation, type Location } from '@apkts/diagnostics'
import type { CompiledRecipe } from '../compile/types.ts'
import type { ParsedRecipe, RecipeSources } from '../recipe/parse.ts'

/** A value and where it comes from. */
export interface Explained {
  readonly name: string
  /** Undefined where the name is all there is. */
  readonly value?: string | undefined
  readonly from: string
}

export interface Section {
  readonly title: string
  readonly rows: readonly Explained[]
}

export interface ExplainInput {
  readonly parsed: ParsedRecipe
  readonly sources: RecipeSources
  readonly compiled: CompiledRecipe
  /** Of the main pipeline. */
  readonly variables: ReadonlyMap<string, string>
  readonly buildOptions: readonly string[]
}

/** `file:line:column`, or that it is not known. */
export function placeText(at: Location | undefined): string {
  return at === undefined ? 'built-in' : formatLocation(at)
}
