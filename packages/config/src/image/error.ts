import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `ImageConfigError`. */
export type ImageConfigErrorCode =
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_UNREADABLE'
  | 'INCLUDE_CYCLE'
  | 'BASE_IMAGE_FIELDS'
  | 'BAD_USER'
  | 'BAD_GROUP'
  | 'BAD_CERTIFICATE_NAME'
  | 'BAD_RUNTIME_KEY'
  | 'BAD_REPOSITORY_URL'

/** An image configuration that is well-formed YAML but not usable. */
export class ImageConfigError extends DiagnosticError<ImageConfigErrorCode> {
  override readonly name = 'ImageConfigError'
}
