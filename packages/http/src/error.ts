import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `HttpError`. */
export type HttpErrorCode = 'AUTHORITIES_UNREADABLE'

/** HTTP cannot be spoken as the environment wants it. */
export class HttpError extends DiagnosticError<HttpErrorCode> {
  override readonly name = 'HttpError'
}
