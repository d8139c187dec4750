import { DiagnosticError } from '@apkts/diagnostics'

export type SbomErrorCode = 'OS_RELEASE_MALFORMED' | 'PACKAGE_SBOM_INVALID' | 'NO_IMAGES' | 'SOURCE_URL'

export class SbomError extends DiagnosticError<SbomErrorCode> {
  override readonly name = 'SbomError'
}
