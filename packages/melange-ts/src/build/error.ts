import { DiagnosticError } from '@apkts/diagnostics'

export type BuildErrorCode =
  | 'ARCHITECTURE_EXCLUDED'
  | 'ASSERTION_FAILED'
  | 'BUILD_DATE'
  | 'CHECKSUM'
  | 'IGNORE_RULE'
  | 'INTERRUPTED'
  | 'LICENSE_FILE'
  | 'LINT_FAILED'
  | 'NO_SHELL'
  | 'OUTPUT_REPLACED'
  | 'RECIPE_MISSING'
  | 'RUN_AS_UNKNOWN'
  | 'SOURCE_FETCH'
  | 'SOURCE_UNPINNED'
  | 'STEP_FAILED'
  | 'TIMEOUT'
  | 'VERSION_INVALID'

export class BuildError extends DiagnosticError<BuildErrorCode> {
  override readonly name = 'BuildError'
}
