import type { ImageConfig } from '@apkts/config'
import type { Location } from '@apkts/diagnostics'
import type { Recipe, RecipeTest, Step, StringMap, Subpackage } from '../recipe/types.ts'

/**
 * A recipe ready to run on one architecture: definitions loaded, inputs and variables resolved, scripts in normal form,
 * conditions evaluated, and the packages that steps need added to the environments.
 */
export interface CompiledRecipe extends Omit<Recipe, 'pipeline' | 'subpackages' | 'test'> {
  /** apk name, such as `x86_64`. */
  readonly arch: string
  readonly environment: ImageConfig
  readonly pipeline: readonly CompiledStep[]
  readonly subpackages: readonly CompiledSubpackage[]
  readonly test?: CompiledTest | undefined
}

/** A step without variables: its condition is decided, its definition put in. */
export interface CompiledStep extends Omit<Step, 'inputs' | 'pipeline'> {
  /** False when the condition is; the step is then skipped with all its nested steps. */
  readonly enabled: boolean
  /** The inputs that differ from the defaults of the definition. */
  readonly with: StringMap
  /** Every declared input with its value. */
  readonly inputs: StringMap
  readonly pipeline: readonly CompiledStep[]
  /** The definition came with the program, not from a pipeline directory. */
  readonly builtin: boolean
  /** File of the definition that the step uses. */
  readonly definedIn?: string | undefined
  /** Where the definition declares its inputs. */
  readonly inputsAt?: Readonly<Record<string, Location | undefined>>
  /** The script as it is written, variables replaced; `runsAt` is where it begins. `runs` is its normal form. */
  readonly written: string
}

/** A subpackage without variables. */
export interface CompiledSubpackage extends Omit<Subpackage, 'pipeline' | 'test'> {
  /** False when the condition is: no such package is built. */
  readonly enabled: boolean
  readonly pipeline: readonly CompiledStep[]
  readonly test?: CompiledTest | undefined
}

/** A test without variables, with its complete environment. */
export interface CompiledTest extends Omit<RecipeTest, 'pipeline'> {
  readonly environment: ImageConfig
  readonly pipeline: readonly CompiledStep[]
}

/** For messages: the step's own name, else what it uses, else its place. */
export function stepTitle(step: Pick<CompiledStep, 'name' | 'uses' | 'at'>): string {
  if (step.name !== '') return step.name
  if (step.uses !== '') return step.uses
  return step.at?.line === undefined ? 'a step' : `the step on line ${step.at.line}`
}
