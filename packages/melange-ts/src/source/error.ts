import { DiagnosticError } from '@apkts/diagnostics'

export type SourceErrorCode =
  | 'NO_SOURCE'
  | 'SOURCE_EXISTS'
  | 'SOURCE_INPUT'
  | 'SOURCE_PATH'
  | 'SOURCE_CHECKSUM'
  | 'PATCH_FAILED'
  | 'GIT_FAILED'
  | 'TOOL_FAILED'

/** Sources of a recipe that cannot be fetched, patched or turned into patches. */
export class SourceError extends DiagnosticError<SourceErrorCode> {
  override readonly name = 'SourceError'
}
