import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `KeyringError`. */
export type KeyringErrorCode =
  | 'KEY_MALFORMED'
  | 'KEY_NOT_RSA'
  | 'KEY_TOO_SMALL'
  | 'KEY_PASSPHRASE'
  | 'KEY_UNREADABLE'
  | 'KEY_UNWRITABLE'
  | 'KEY_EXISTS'
  | 'KEY_NAME'
  | 'NO_KEYS'
  | 'UNSIGNED'
  | 'SIGNATURE_MEMBER'
  | 'SIGNATURE_UNKNOWN_KEY'
  | 'SIGNATURE_BAD'
  | 'PACKAGE_FORMAT'
  | 'DISCOVERY'

/** A key that cannot be used, or a signature that does not hold. */
export class KeyringError extends DiagnosticError<KeyringErrorCode> {
  override readonly name = 'KeyringError'
}
