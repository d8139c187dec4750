import { SbomError } from '../error.ts'
import type { SpdxLicensingInfo, SpdxPackage, SpdxRelationship } from '../spdx.ts'
import type { EmbeddedDocument } from './embedded.ts'

const FILE_PREFIX = 'SPDXRef-File-'

/** A document that grows. */
export interface SpdxDraft {
  readonly packages: SpdxPackage[]
  readonly relationships: SpdxRelationship[]
  readonly licensingInfos: SpdxLicensingInfo[]
}

export interface MergeInput {
  readonly document: EmbeddedDocument
  /** For messages. */
  readonly packageName: string
  /** Identifier of the image's package. */
  readonly imageId: string
  /** Of the image, for packages that name neither supplier nor originator. */
  readonly supplier: string
  warn(message: string): void
}

/**
 * Adds what a package's own document is about, and everything reachable from there, to the image's document.
 * @throws SbomError `PACKAGE_SBOM_INVALID` when a relationship leads to something the document does not hold
 */
export function mergeEmbedded(draft: SpdxDraft, input: MergeInput): void {
  const { document, imageId } = input
  const wanted = reachable(document)
  const packages = document.packages.filter(({ SPDXID }) => wanted.has(SPDXID))
  checkComplete(wanted, packages, input.packageName)
  draft.packages.push(...packages.map((item) => withSupplier(item, input.supplier)))
  draft.relationships.push(
    ...document.relationships.filter((item) => isFollowed(item) && wanted.has(item.spdxElementId)),
  )
  for (const info of document.licensingInfos) mergeLicensingInfo(draft.licensingInfos, info, input.warn)
  const described = new Set(document.packages.map(({ SPDXID }) => SPDXID).filter((id) => document.described.has(id)))
  for (const id of described) {
    draft.relationships.push({ spdxElementId: imageId, relationshipType: 'CONTAINS', relatedSpdxElement: id })
  }
}

function reachable({ described, relationships }: EmbeddedDocument): Set<string> {
  const followed = new Map<string, string[]>()
  for (const { spdxElementId, relatedSpdxElement } of relationships.filter(isFollowed)) {
    followed.set(spdxElementId, [...(followed.get(spdxElementId) ?? []), relatedSpdxElement])
  }
  const wanted = new Set(described)
  // A set iterates over what is added to it meanwhile, so this runs until nothing new is reached.
  for (const id of wanted) for (const target of followed.get(id) ?? []) wanted.add(target)
  return wanted
}

function isFollowed({ relatedSpdxElement }: SpdxRelationship): boolean {
  return !relatedSpdxElement.startsWith(FILE_PREFIX)
}

function checkComplete(wanted: ReadonlySet<string>, packages: readonly SpdxPackage[], packageName: string): void {
  const present = new Set(packages.map(({ SPDXID }) => SPDXID))
  const missing = [...wanted].filter((id) => !present.has(id))
  if (missing.length === 0) return
  throw new SbomError(
    'PACKAGE_SBOM_INVALID',
    `the SBOM of package ${packageName} refers to ${missing.join(', ')}, which it does not contain`,
    { hint: 'Build the package again, or build the image without an SBOM (--sbom=false).' },
  )
}

function withSupplier(item: SpdxPackage, imageSupplier: string): SpdxPackage {
  const originator = item.originator || imageSupplier
  return { ...item, originator, supplier: item.supplier || originator }
}

function mergeLicensingInfo(
  known: SpdxLicensingInfo[],
  info: SpdxLicensingInfo,
  warn: (message: string) => void,
): void {
  const existing = known.find(({ licenseId }) => licenseId === info.licenseId)
  if (existing === undefined) known.push(info)
  else if (existing.extractedText !== info.extractedText) {
    warn(
      `source & target LicenseID ${info.licenseId} differ in Text; ` +
        `please either update the package's license-path or use the correct LicenseID`,
    )
  }
}
