import { type Digest, digestHex, formatRfc3339, type Instant } from '@apkts/encoding'
import { purlReference } from '../package/purl.ts'
import type { SpdxDocument, SpdxExternalRef, SpdxPackage } from '../spdx.ts'
import { NOASSERTION } from '../spdx.ts'

/** What both documents of an image build are told. */
export interface ImageSbomContext {
  /** Creator, such as `Tool: apko-ts (1.2.3)`. */
  readonly tool: string
  readonly created: Instant
  /** Last component of the tag's repository; undefined when the tag is unusable. */
  readonly imageName: string | undefined
}

/** What an image runs on. */
export interface SbomPlatform {
  readonly architecture: string
  readonly os: string
}

/** A manifest, index or layer. */
export interface SbomDescriptor {
  readonly mediaType: string
  readonly digest: Digest
}

const ORGANIZATION = 'Organization: Chainguard, Inc'
const LICENSE_LIST_VERSION = '3.27'
const NAMESPACE = 'https://spdx.org/spdxdocs/apko/'

/** The parts of a document that are the same for images and indexes. */
export function documentFrame({
  tool,
  created,
}: ImageSbomContext): Pick<SpdxDocument, 'creationInfo' | 'documentNamespace'> {
  return {
    creationInfo: {
      created: formatRfc3339(created),
      creators: [tool, ORGANIZATION],
      licenseListVersion: LICENSE_LIST_VERSION,
    },
    documentNamespace: NAMESPACE,
  }
}

/** A text as part of an SPDX identifier: `:` becomes `-`, other bytes outside `A-Za-z0-9.-` become `C` and their value. */
export function identifier(text: string): string {
  let result = ''
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte)
    if (character === ':') result += '-'
    else result += /[A-Za-z0-9.-]/.test(character) ? character : `C${byte}`
  }
  return result
}

/** `Organization: <name>`, or that nobody says. */
export function supplierOf(name: string): string {
  return name === '' ? NOASSERTION : `Organization: ${name}`
}

/** The external reference by which package managers know an OCI object. */
export function ociReference(
  name: string,
  { digest, mediaType }: SbomDescriptor,
  platform?: SbomPlatform,
): SpdxExternalRef {
  const qualifiers = { mediaType, ...(platform && { arch: platform.architecture, os: platform.os }) }
  return purlReference({ type: 'oci', name, version: digest, qualifiers })
}

/** The fields shared by everything that is known by its digest. */
export function digestPackage(
  digest: Digest,
): Pick<
  SpdxPackage,
  'name' | 'versionInfo' | 'filesAnalyzed' | 'downloadLocation' | 'primaryPackagePurpose' | 'checksums'
> {
  return {
    name: digest,
    versionInfo: digest,
    filesAnalyzed: false,
    downloadLocation: NOASSERTION,
    primaryPackagePurpose: 'CONTAINER',
    checksums: [{ algorithm: 'SHA256', checksumValue: digestHex(digest) }],
  }
}
