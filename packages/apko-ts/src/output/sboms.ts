import { platformOf, toApkArch } from '@apkts/config'
import { parseReference, RegistryError } from '@apkts/registry'
import { readTextAt } from '@apkts/rootfs'
import { embeddedDocumentPaths, formatSpdx, imageDocument, indexDocument } from '@apkts/sbom'
import type { BuiltArch, BuiltImages } from '../build/build-images.ts'
import type { Session } from '../environment/session.ts'
import type { OutputFile } from './stage-files.ts'

export interface SbomOptions {
  readonly tag: string
  /** Version of the program. */
  readonly version: string
  readonly session: Session
}

/** The SPDX documents of every architecture's image and of the index. Throws `SbomError`. */
export async function imageSboms(built: BuiltImages, options: SbomOptions): Promise<OutputFile[]> {
  const images = built.archs.map(async (arch): Promise<OutputFile> => {
    const name = `sbom-${toApkArch(arch.composed.plan.arch)}.spdx.json`
    return { name, text: formatSpdx(await archDocument(arch, options)) }
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
  return [...(await Promise.all(images)), { name: 'sbom-index.spdx.json', text: formatSpdx(document) }]
}

async function archDocument({ composed, image }: BuiltArch, options: SbomOptions) {
  const { plan, rootfs, created } = composed
  const log = options.session.log.child({ arch: toApkArch(plan.arch) })
  const packages = rootfs.installed.map(async ({ package: { pkgInfo } }) => ({
    name: pkgInfo.name,
    document: await embeddedText(composed, pkgInfo),
  }))
  return imageDocument({
    ...creator(options),
    created,
    imageName: imageName(options.tag),
    platform: platformOf(plan.arch),
    manifest: image.manifest,
    layers: image.layers,
    osRelease: await readTextAt(rootfs.tree, 'etc/os-release'),
    packages: await Promise.all(packages),
    warn: (message) => log.warn(message),
  })
}

async function embeddedText(
  { rootfs }: BuiltArch['composed'],
  pkgInfo: { readonly name: string; readonly version: string },
): Promise<string | undefined> {
  for (const path of embeddedDocumentPaths(pkgInfo.name, pkgInfo.version)) {
    const text = await readTextAt(rootfs.tree, path)
    if (text !== undefined) return text
  }
  return undefined
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
