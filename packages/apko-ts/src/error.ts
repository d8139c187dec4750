import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `ApkoError`. */
export type ApkoErrorCode =
  | 'ANNOTATION'
  | 'BASE_IMAGE'
  | 'BUILD_DATE'
  | 'BUNDLE_UNREADABLE'
  | 'C_LIBRARIES'
  | 'DIFF_INPUT'
  | 'FORMAT'
  | 'GRAPHVIZ'
  | 'IMAGE_DAMAGED'
  | 'IMAGE_HOSTILE'
  | 'IMAGE_UNSUPPORTED'
  | 'KEY_UNREADABLE'
  | 'LAYERING'
  | 'LOCK_INCONSISTENT'
  | 'LOCK_UNREADABLE'
  | 'LOCK_STALE'
  | 'LOCK_INCOMPLETE'
  | 'NOT_CONSISTENT'
  | 'NO_ARCHITECTURE'
  | 'NO_IMAGE'
  | 'NO_REPOSITORY'
  | 'OUTPUT'
  | 'PACKAGE_MISSING'
  | 'SIZE'
  | 'SOURCE_DATE_EPOCH'
  | 'WORD_SPLITTING'

/** An image that cannot be planned, built or written. */
export class ApkoError extends DiagnosticError<ApkoErrorCode> {
  override readonly name = 'ApkoError'
}
