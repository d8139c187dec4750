import { platformOf, toApkArch } from '@apkts/config'
import { parseReference, RegistryError } from '@apkts/registry'
import { formatSpdx, imageDocument, indexDocument, type SpdxDocument } from '@apkts/sbom'
import type { BuiltArch } from '../build/build-arch.ts'
import type { BuiltImages } from '../build/build-images.ts'
import type { Session } from '../environment/session.ts'
import type { OutputFile } from './stage-files.ts'

export interface SbomOptions {
  readonly tag: string
  /** Version of the program. */
  readonly version: string
  readonly session: Session
}

/** The SPDX documents of every architecture's image and of the index. Throws `SbomError`. */
export function imageSboms(built: BuiltImages, options: SbomOptions): OutputFile[] {
  const images = built.archs.map((arch): OutputFile => {
    const name = `sbom-${toApkArch(arch.arch)}.spdx.json`
    return { name, text: formatSpdx(archDocument(arch, options)) }
  })
  const { index } = built
  const document = indexDocument({
    ...creator(options),
    created: built.created,
    imageName: imageName(options.tag),
    index: index.document,
    images: index.images,
    vcsUrl: built.vcsUrl,
  })
  return [...images, { name: 'sbom-index.spdx.json', text: formatSpdx(document) }]
}

function archDocument({ arch, facts, image }: BuiltArch, options: SbomOptions): SpdxDocument {
  const log = options.session.log.child({ arch: toApkArch(arch) })
  return imageDocument({
    ...creator(options),
    created: facts.created,
    imageName: imageName(options.tag),
    platform: platformOf(arch),
    manifest: image.manifest,
    layers: image.layers,
    osRelease: facts.osRelease,
    packages: facts.packages,
    warn: (message) => log.warn(message),
  })
}

function creator({ version }: SbomOptions): { readonly tool: string } {
  return { tool: `Tool: apko-ts (${version})` }
}

/** Last component of the tag's repository; undefined for a tag that is none, which only an OCI layout allows. */
function imageName(tag: string): string | undefined {
  try {
    return parseReference(tag).repository.split('/').at(-1)
  } catch (error) {
    if (error instanceof RegistryError) return undefined
    throw error
  }
}
