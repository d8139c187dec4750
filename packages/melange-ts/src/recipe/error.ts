import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `RecipeError`. */
export type RecipeErrorCode =
  | 'RECIPE_NOT_FOUND'
  | 'RECIPE_UNREADABLE'
  | 'VARS_FILE'
  | 'ENV_FILE'
  | 'UNKNOWN_VARIABLE'
  | 'BAD_REFERENCE'
  | 'BAD_TRANSFORM'
  | 'BAD_CONDITION'
  | 'UNKNOWN_RANGE'
  | 'PACKAGE_NAME'
  | 'PACKAGE_VERSION'
  | 'DUPLICATE_SUBPACKAGE'
  | 'BAD_PRIORITY'
  | 'BAD_CPE'
  | 'BAD_SETCAP'
  | 'STEP_KEYS'
  | 'SKIPPED_ARCH'
  | 'UNKNOWN_PIPELINE'
  | 'BAD_PIPELINE'
  | 'PIPELINE_CYCLE'
  | 'UNKNOWN_INPUT'
  | 'MISSING_INPUT'
  | 'BAD_INPUT'
  | 'VARIABLE_CYCLE'
  | 'SHELL_SYNTAX'
  | 'BAD_TEMPLATE'
  | 'DOWNLOAD'

/** A recipe that cannot be loaded or compiled; `at` names the place in the recipe or the pipeline definition. */
export class RecipeError extends DiagnosticError<RecipeErrorCode> {
  override readonly name = 'RecipeError'
}
