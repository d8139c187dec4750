export { SbomError, type SbomErrorCode } from './error.ts'
export {
  type FetchSource,
  formatPurl,
  type GitSource,
  isLicenseExpression,
  licenseExpression,
  licenseIdentifier,
  type PackageSbomInput,
  type PackageUrl,
  packageDocument,
  type Source,
  titleCase,
} from './package/index.ts'
export {
  DOCUMENT_ID,
  formatSpdx,
  NOASSERTION,
  type SpdxChecksum,
  type SpdxDocument,
  type SpdxExternalRef,
  type SpdxLicensingInfo,
  type SpdxPackage,
  type SpdxRelationship,
} from './spdx.ts'
