import { DiagnosticError } from '@apkts/diagnostics'

export type HttpErrorCode = 'AUTHORITIES_UNREADABLE'

export class HttpError extends DiagnosticError<HttpErrorCode> {
  override readonly name = 'HttpError'
}
