import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `SbomError`. */
export type SbomErrorCode = 'OS_RELEASE_MALFORMED' | 'PACKAGE_SBOM_INVALID' | 'NO_IMAGES' | 'SOURCE_URL'

/** A document would say something wrong. */
export class SbomError extends DiagnosticError<SbomErrorCode> {
  override readonly name = 'SbomError'
}
