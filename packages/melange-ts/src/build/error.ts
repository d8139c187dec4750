import { DiagnosticError } from '@apkts/diagnostics'

export type BuildErrorCode =
  | 'ARCHITECTURE_EXCLUDED'
  | 'ASSERTION_FAILED'
  | 'BUILD_DATE'
  | 'CHECKSUM'
  | 'IGNORE_RULE'
  | 'INPUT_CHANGED'
  | 'INTERRUPTED'
  | 'LICENSE_FILE'
  | 'LINT_FAILED'
  | 'NO_SHELL'
  | 'NO_SNAPSHOT'
  | 'OUTPUT_REPLACED'
  | 'OUT_DIR'
  | 'RECIPE_MISSING'
  | 'RUN_AS_UNKNOWN'
  | 'SOURCE_FETCH'
  | 'SOURCE_UNPINNED'
  | 'STEP_FAILED'
  | 'STEP_UNKNOWN'
  | 'TIMEOUT'
  | 'VERSION_INVALID'

export class BuildError extends DiagnosticError<BuildErrorCode> {
  override readonly name = 'BuildError'
}
