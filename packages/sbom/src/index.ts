export { SbomError, type SbomErrorCode } from './error.ts'
export { type ImageSbomContext, type SbomDescriptor, type SbomPlatform, supplierOf } from './image/common.ts'
export { type EmbeddedDocument, embeddedDocumentPaths, parseEmbeddedDocument } from './image/embedded.ts'
export { type ImageSbomInput, imageDocument } from './image/image-document.ts'
export { type IndexSbomInput, indexDocument } from './image/index-document.ts'
export { type OperatingSystem, parseOsRelease } from './image/os-release.ts'
export {
  type DebSbomInput,
  debDocument,
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
