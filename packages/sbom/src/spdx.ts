import { goJson, type JsonValue } from '@apkts/encoding'

/** What SPDX says where a fact is unknown. */
export const NOASSERTION = 'NOASSERTION'

/** Identifier of every document about itself (SPDX 2.3, 6.3). */
export const DOCUMENT_ID = 'SPDXRef-DOCUMENT'

/** A checksum of a package: SPDX 2.3, 7.10. */
export interface SpdxChecksum {
  readonly algorithm: string
  readonly checksumValue: string
}

/** A name of a package elsewhere, such as a package URL: SPDX 2.3, 7.21. */
export interface SpdxExternalRef {
  readonly referenceCategory: string
  readonly referenceLocator: string
  readonly referenceType: string
}

/** An SPDX package. Empty texts and lists are left out when written, except `name` and `downloadLocation`. */
export interface SpdxPackage {
  readonly SPDXID: string
  readonly name: string
  readonly versionInfo?: string | undefined
  readonly filesAnalyzed: boolean
  readonly licenseConcluded?: string | undefined
  readonly licenseDeclared?: string | undefined
  readonly description?: string | undefined
  readonly downloadLocation: string
  readonly originator?: string | undefined
  readonly supplier?: string | undefined
  readonly sourceInfo?: string | undefined
  readonly copyrightText?: string | undefined
  readonly attributionText?: string | undefined
  readonly primaryPackagePurpose?: string | undefined
  readonly checksums?: readonly SpdxChecksum[] | undefined
  readonly externalRefs?: readonly SpdxExternalRef[] | undefined
}

/** How two elements belong together: SPDX 2.3, 11. */
export interface SpdxRelationship {
  readonly spdxElementId: string
  readonly relationshipType: string
  readonly relatedSpdxElement: string
}

/** The text of a licence that is not on the SPDX list: SPDX 2.3, 10. */
export interface SpdxLicensingInfo {
  readonly licenseId: string
  readonly extractedText: string
}

/** An SPDX 2.3 document (SPDX specification, clauses 6 to 11), with the keys apko and melange write. */
export interface SpdxDocument {
  readonly name: string
  readonly creationInfo: {
    /** RFC 3339, seconds precision. */
    readonly created: string
    /** Such as `Tool: apko-ts (1.2.3)`. */
    readonly creators: readonly string[]
    readonly licenseListVersion: string
  }
  readonly documentNamespace: string
  readonly documentDescribes: readonly string[]
  readonly packages: readonly SpdxPackage[]
  readonly relationships: readonly SpdxRelationship[]
  readonly hasExtractedLicensingInfos?: readonly SpdxLicensingInfo[] | undefined
}

/** The JSON text of a document: two spaces of indentation, Go's escapes, keys in the order of the original, final newline. */
export function formatSpdx(document: SpdxDocument): string {
  const value: JsonValue = {
    SPDXID: DOCUMENT_ID,
    name: document.name,
    spdxVersion: 'SPDX-2.3',
    creationInfo: {
      created: document.creationInfo.created,
      creators: document.creationInfo.creators,
      licenseListVersion: document.creationInfo.licenseListVersion,
    },
    dataLicense: 'CC0-1.0',
    documentNamespace: document.documentNamespace,
    documentDescribes: document.documentDescribes,
    packages: document.packages.map(packageJson),
    relationships: document.relationships.map(relationshipJson),
    hasExtractedLicensingInfos: nonEmpty(document.hasExtractedLicensingInfos, licensingInfoJson),
  }
  return `${goJson(value, '  ')}\n`
}

function packageJson(item: SpdxPackage): JsonValue {
  return {
    SPDXID: item.SPDXID,
    name: item.name,
    versionInfo: item.versionInfo || undefined,
    filesAnalyzed: item.filesAnalyzed,
    licenseConcluded: item.licenseConcluded || undefined,
    licenseDeclared: item.licenseDeclared || undefined,
    description: item.description || undefined,
    downloadLocation: item.downloadLocation,
    originator: item.originator || undefined,
    supplier: item.supplier || undefined,
    sourceInfo: item.sourceInfo || undefined,
    copyrightText: item.copyrightText || undefined,
    attributionText: item.attributionText || undefined,
    primaryPackagePurpose: item.primaryPackagePurpose || undefined,
    checksums: nonEmpty(item.checksums, checksumJson),
    externalRefs: nonEmpty(item.externalRefs, externalRefJson),
  }
}

function checksumJson({ algorithm, checksumValue }: SpdxChecksum): JsonValue {
  return { algorithm, checksumValue }
}

function externalRefJson({ referenceCategory, referenceLocator, referenceType }: SpdxExternalRef): JsonValue {
  return { referenceCategory, referenceLocator, referenceType }
}

function relationshipJson({ spdxElementId, relationshipType, relatedSpdxElement }: SpdxRelationship): JsonValue {
  return { spdxElementId, relationshipType, relatedSpdxElement }
}

function licensingInfoJson({ licenseId, extractedText }: SpdxLicensingInfo): JsonValue {
  return { licenseId, extractedText }
}

function nonEmpty<T>(items: readonly T[] | undefined, toJson: (item: T) => JsonValue): JsonValue[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items.map(toJson)
}
