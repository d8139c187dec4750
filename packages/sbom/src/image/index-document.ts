import { SbomError } from '../error.ts'
import { purlReference } from '../package/purl.ts'
import type { SpdxDocument, SpdxPackage } from '../spdx.ts'
import {
  digestPackage,
  documentFrame,
  type ImageSbomContext,
  identifier,
  ociReference,
  type SbomDescriptor,
  type SbomPlatform,
} from './common.ts'

/** Everything the document of an image index is made from. */
export interface IndexSbomInput extends ImageSbomContext {
  readonly index: SbomDescriptor
  /** In index order. */
  readonly images: readonly { readonly manifest: SbomDescriptor; readonly platform: SbomPlatform }[]
  /** `url@revision`, or empty. */
  readonly vcsUrl: string
}

const SUPPLIER = 'Organization: Chainguard, Inc.'
const SCHEMES = ['git+ssh://', 'git://', 'https://'] as const

/**
 * The SPDX document of an image index: the index, the images of its architectures, and the source of its configuration.
 * @throws SbomError `NO_IMAGES`
 */
export function indexDocument(input: IndexSbomInput): SpdxDocument {
  if (input.images.length === 0) {
    throw new SbomError('NO_IMAGES', 'unable to render index sbom, no architecture images found', {
      hint: 'Name at least one package in contents.packages.',
    })
  }
  const { digest } = input.index
  const indexId = `SPDXRef-Package-${identifier(digest)}`
  const images = input.images.map((image) => imagePackage(input, image))
  const sources = input.vcsUrl === '' ? [] : [sourcePackage(input.vcsUrl)]
  return {
    ...documentFrame(input),
    name: `sbom-${digest}`,
    documentDescribes: [indexId],
    packages: [indexPackage(input, indexId), ...images, ...sources],
    relationships: [
      ...images.map(({ SPDXID }) => relationship(indexId, 'VARIANT_OF', SPDXID)),
      ...sources.map(({ SPDXID }) => relationship(indexId, 'GENERATED_FROM', SPDXID)),
    ],
  }
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement }
}

function indexPackage({ index, imageName }: IndexSbomInput, id: string): SpdxPackage {
  return {
    SPDXID: id,
    ...digestPackage(index.digest),
    description: 'Multi-arch image index',
    supplier: SUPPLIER,
    sourceInfo: 'Generated at image build time by apko',
    externalRefs: [ociReference(imageName ?? 'index', index)],
  }
}

function imagePackage(
  { imageName }: IndexSbomInput,
  { manifest, platform }: IndexSbomInput['images'][number],
): SpdxPackage {
  return {
    SPDXID: `SPDXRef-Package-${identifier(manifest.digest)}`,
    ...digestPackage(manifest.digest),
    supplier: SUPPLIER,
    externalRefs: [ociReference(imageName ?? 'image', manifest, platform)],
  }
}

function sourcePackage(vcsUrl: string): SpdxPackage {
  const at = vcsUrl.indexOf('@')
  const [url, revision] = at === -1 ? [vcsUrl, ''] : [vcsUrl.slice(0, at), vcsUrl.slice(at + 1)]
  const name = SCHEMES.reduce((text, scheme) => (text.startsWith(scheme) ? text.slice(scheme.length) : text), url)
  return {
    SPDXID: `SPDXRef-Package-${identifier(vcsUrl)}`,
    name,
    versionInfo: revision,
    filesAnalyzed: false,
    description: 'Image configuration source',
    downloadLocation: vcsUrl,
    supplier: SUPPLIER,
    primaryPackagePurpose: 'SOURCE',
    checksums: at === -1 ? [] : [{ algorithm: 'SHA1', checksumValue: revision }],
    externalRefs: githubReferences(name, revision),
  }
}

function githubReferences(name: string, version: string) {
  const match = /^github\.com\/([^/]*)\/(.*)$/s.exec(name)
  if (match === null) return []
  const repository = match[2]!.replace(/\.git$/, '')
  return [purlReference({ type: 'github', namespace: match[1]!, name: repository, version })]
}
