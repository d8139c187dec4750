import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `RegistryError`. */
export type RegistryErrorCode =
  | 'REFERENCE_INVALID'
  | 'IMAGE_INVALID'
  | 'LAYOUT_INVALID'
  | 'OUTPUT_UNUSABLE'
  | 'BLOB_MISMATCH'
  | 'REGISTRY_UNREACHABLE'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UPLOAD_FAILED'
  | 'DOWNLOAD_FAILED'
  | 'CREDENTIALS_UNREADABLE'
  | 'DAEMON'

/** An image cannot be written, sent, read or named. */
export class RegistryError extends DiagnosticError<RegistryErrorCode> {
  override readonly name = 'RegistryError'
}
