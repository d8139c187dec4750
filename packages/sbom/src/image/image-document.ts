import type { SpdxDocument, SpdxPackage } from '../spdx.ts'
import { NOASSERTION } from '../spdx.ts'
import {
  digestPackage,
  documentFrame,
  type ImageSbomContext,
  identifier,
  ociReference,
  type SbomDescriptor,
  type SbomPlatform,
  supplierOf,
} from './common.ts'
import { parseEmbeddedDocument } from './embedded.ts'
import { mergeEmbedded, type SpdxDraft } from './merge.ts'
import { type OperatingSystem, parseOsRelease } from './os-release.ts'

/** Everything the document of an image is made from. */
export interface ImageSbomInput extends ImageSbomContext {
  readonly platform: SbomPlatform
  readonly manifest: SbomDescriptor
  /** All layers, bottom first, those of a base image included. */
  readonly layers: readonly SbomDescriptor[]
  /** Content of the image's `/etc/os-release`, if it has one. */
  readonly osRelease: string | undefined
  /** In database order, with the text of their own SPDX document where the image has one. */
  readonly packages: readonly { readonly name: string; readonly document: string | undefined }[]
  /** Told when packages disagree about the text of a licence. */
  readonly warn?: (message: string) => void
}

/**
 * The SPDX document of one architecture's image: image, layers, operating system, and what the packages' own documents
 * say. Packages without a document of their own do not appear, as in apko.
 * @throws SbomError `OS_RELEASE_MALFORMED`, `PACKAGE_SBOM_INVALID`
 */
export function imageDocument(input: ImageSbomInput): SpdxDocument {
  const system = parseOsRelease(input.osRelease)
  const imageId = `SPDXRef-Package-Image-${identifier(input.manifest.digest)}`
  const layers = input.layers.map((layer) => layerPackage(input, layer, system))
  const draft: SpdxDraft = {
    packages: [imagePackage(input, imageId, system), ...layers, systemPackage(system)],
    relationships: layers.map(({ SPDXID }) => ({
      spdxElementId: imageId,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: SPDXID,
    })),
    licensingInfos: [],
  }
  addEmbedded(draft, input, imageId, supplierOf(system.name))
  return {
    ...documentFrame(input),
    name: `sbom-${input.layers[0]?.digest ?? ''}`,
    documentDescribes: [imageId],
    packages: firstOfEachId(draft.packages),
    relationships: draft.relationships,
    hasExtractedLicensingInfos: draft.licensingInfos,
  }
}

function addEmbedded(draft: SpdxDraft, input: ImageSbomInput, imageId: string, supplier: string): void {
  for (const { name, document: text } of input.packages) {
    const document = text === undefined ? undefined : parseEmbeddedDocument(text)
    if (document === undefined) continue
    mergeEmbedded(draft, { document, packageName: name, imageId, supplier, warn: input.warn ?? (() => {}) })
  }
}

function imagePackage(input: ImageSbomInput, id: string, { name }: OperatingSystem): SpdxPackage {
  return {
    SPDXID: id,
    ...digestPackage(input.manifest.digest),
    description: 'apko container image',
    supplier: supplierOf(name),
    externalRefs: [ociReference(input.imageName ?? 'image', input.manifest, input.platform)],
  }
}

function layerPackage(input: ImageSbomInput, layer: SbomDescriptor, { name, version }: OperatingSystem): SpdxPackage {
  return {
    SPDXID: `SPDXRef-Package-ImageLayer-${identifier(layer.digest)}`,
    ...digestPackage(layer.digest),
    versionInfo: version,
    checksums: undefined,
    description: 'apko operating system layer',
    supplier: supplierOf(name),
    externalRefs: [ociReference(input.imageName ?? 'image', layer, input.platform)],
  }
}

function systemPackage({ id, name, version }: OperatingSystem): SpdxPackage {
  return {
    SPDXID: `SPDXRef-OperatingSystem-${identifier(id)}`,
    name: id,
    versionInfo: version,
    filesAnalyzed: false,
    description: 'Operating System',
    downloadLocation: NOASSERTION,
    supplier: supplierOf(name),
    primaryPackagePurpose: 'OPERATING_SYSTEM',
  }
}

function firstOfEachId(packages: readonly SpdxPackage[]): SpdxPackage[] {
  const seen = new Set<string>()
  return packages.filter(({ SPDXID }) => !seen.has(SPDXID) && seen.add(SPDXID))
}
