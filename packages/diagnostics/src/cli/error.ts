import { DiagnosticError } from '../error.ts'

/** Stable codes of `UsageError`. */
export type UsageErrorCode =
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_FLAG'
  | 'FLAG_VALUE'
  | 'ARGUMENT_COUNT'
  | 'LOG_LEVEL'
  | 'WORKING_DIRECTORY'

/** The command line itself is wrong. */
export class UsageError extends DiagnosticError<UsageErrorCode> {
  override readonly name = 'UsageError'
}
