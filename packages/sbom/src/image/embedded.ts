import { DOCUMENT_ID, type SpdxLicensingInfo, type SpdxPackage, type SpdxRelationship } from '../spdx.ts'

/** The parts of a package's own SPDX document that reach the image's. */
export interface EmbeddedDocument {
  readonly packages: readonly SpdxPackage[]
  readonly relationships: readonly SpdxRelationship[]
  readonly licensingInfos: readonly SpdxLicensingInfo[]
  /** Identifiers of packages that the document is about. */
  readonly described: ReadonlySet<string>
}

/** Where a package's own document may be in an image, best first. */
export function embeddedDocumentPaths(name: string, version: string): string[] {
  const bare = version.replace(/-r\d+$/, '')
  return [`${name}-${version}`, `${name}-${bare}`, name].map((stem) => `/var/lib/db/sbom/${stem}.spdx.json`)
}

/** Reads a package's document; undefined when it is not one. Keys that image documents do not carry are dropped. */
export function parseEmbeddedDocument(text: string): EmbeddedDocument | undefined {
  try {
    const document = record(JSON.parse(text))
    const packages = list(document.packages).map(packageOf)
    const relationships = list(document.relationships).map(relationshipOf)
    const ids = new Set(packages.map(({ SPDXID }) => SPDXID))
    const described = [
      ...list(document.documentDescribes).map(string),
      ...relationships
        .filter((item) => item.spdxElementId === DOCUMENT_ID && item.relationshipType === 'DESCRIBES')
        .map((item) => item.relatedSpdxElement),
    ].filter((id) => ids.has(id))
    const licensingInfos = list(document.hasExtractedLicensingInfos).map(licensingInfoOf)
    return { packages, relationships, licensingInfos, described: new Set(described) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnexpectedShape) return undefined
    throw error
  }
}

function packageOf(value: unknown): SpdxPackage {
  const item = record(value)
  return {
    SPDXID: string(item.SPDXID),
    name: string(item.name),
    versionInfo: string(item.versionInfo),
    filesAnalyzed: false,
    licenseConcluded: string(item.licenseConcluded),
    licenseDeclared: string(item.licenseDeclared),
    description: string(item.description),
    downloadLocation: string(item.downloadLocation),
    originator: string(item.originator),
    supplier: string(item.supplier),
    sourceInfo: string(item.sourceInfo),
    copyrightText: string(item.copyrightText),
    attributionText: string(item.attributionText),
    primaryPackagePurpose: string(item.primaryPackagePurpose),
    checksums: list(item.checksums)
      .map(record)
      .map((checksum) => ({
        algorithm: string(checksum.algorithm),
        checksumValue: string(checksum.checksumValue),
      })),
    externalRefs: list(item.externalRefs)
      .map(record)
      .map((reference) => ({
        referenceCategory: string(reference.referenceCategory),
        referenceLocator: string(reference.referenceLocator),
        referenceType: string(reference.referenceType),
      })),
  }
}

function relationshipOf(value: unknown): SpdxRelationship {
  const item = record(value)
  return {
    spdxElementId: string(item.spdxElementId),
    relationshipType: string(item.relationshipType),
    relatedSpdxElement: string(item.relatedSpdxElement),
  }
}

function licensingInfoOf(value: unknown): SpdxLicensingInfo {
  const item = record(value)
  return { licenseId: string(item.licenseId), extractedText: string(item.extractedText) }
}

/** The document has a value of another kind than SPDX says. */
class UnexpectedShape extends Error {}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new UnexpectedShape('expected an object')
  return value as Readonly<Record<string, unknown>>
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new UnexpectedShape('expected a list')
  return value
}

function string(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new UnexpectedShape('expected a text')
  return value
}
