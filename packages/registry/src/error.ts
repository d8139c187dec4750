import { DiagnosticError } from '@apkts/diagnostics'

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

export class RegistryError extends DiagnosticError<RegistryErrorCode> {
  override readonly name = 'RegistryError'
}
