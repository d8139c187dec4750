export { SbomError, type SbomErrorCode } from './error.ts'
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
