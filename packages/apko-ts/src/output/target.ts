import { stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { isSystemError, type Log } from '@apkts/diagnostics'
import { platformName } from '@apkts/oci'
import {
  type ArchiveDraft,
  draftArchive,
  parseReference,
  untaggedImages,
  withTagSuffix,
  writeDockerArchive,
  writeOciLayout,
} from '@apkts/registry'
import type { BuiltImages } from '../build/build-images.ts'
import type { Session } from '../environment/session.ts'
import { ApkoError } from '../error.ts'
import { imageSboms } from './sboms.ts'
import { stageFiles } from './stage-files.ts'

export interface TargetRequest {
  /** Path of the configuration; names what has no name. */
  readonly config: string
  readonly tag?: string | undefined
  readonly output?: string | undefined
  /** Existing directory for SBOM files; undefined for none. */
  readonly sboms?: string | undefined
}

/** Where a built image goes. */
export interface ImageTarget {
  readonly kind: 'docker-archive' | 'oci-layout'
  readonly path: string
  readonly tag: string
  readonly sboms: string | undefined
  /** Of the archive, to be filled while the image is built; whoever opened the target discards it. */
  readonly draft?: ArchiveDraft | undefined
}

/** Longest `-<architecture>` that a tag must have room for. */
const LONGEST_SUFFIX = 'loongarch64'

/** Decides where images go and checks that they can go there, before any work. Throws `ApkoError` `OUTPUT`. */
export async function openTarget({ config, tag, output, sboms }: TargetRequest): Promise<ImageTarget> {
  const name = basename(config, extname(config))
  const path = output ?? `./${name}.tar`
  if (sboms !== undefined) await expectDirectory(sboms, 'SBOM files', 'create it, or pass --sbom-path')
  const kind = (await isDirectory(path)) ? 'oci-layout' : 'docker-archive'
  const target: ImageTarget = { kind, path, tag: tag ?? `${name.toLowerCase()}:latest`, sboms }
  if (kind === 'oci-layout') return target
  withTagSuffix(parseReference(target.tag), LONGEST_SUFFIX)
  await expectDirectory(dirname(path), `the image ${path}`, 'create it first')
  return { ...target, draft: draftArchive(path) }
}

export interface WriteOptions {
  /** Of the program. */
  readonly version: string
  readonly session: Session
  /** Tags of their own for the variants of an architecture in an archive. */
  readonly variantTags?: boolean
}

/** Writes images and SBOM files; either all of them appear or none. */
export async function writeImages(
  built: BuiltImages,
  target: ImageTarget,
  { version, session, variantTags = false }: WriteOptions,
): Promise<void> {
  const stage = session.log.stage('write image')
  const documents = target.sboms === undefined ? [] : await imageSboms(built, { tag: target.tag, version, session })
  const staged = await stageFiles(target.sboms ?? '.', documents)
  try {
    session.checkpoint()
    if (target.kind === 'oci-layout') await writeOciLayout(target.path, built.index)
    else await writeArchive(built, target, { variantTags, log: session.log })
    await staged.publish()
  } finally {
    await staged.discard()
    stage.end()
  }
}

async function writeArchive(
  { index }: BuiltImages,
  { path, tag, draft }: ImageTarget,
  { variantTags, log }: { readonly variantTags: boolean; readonly log: Log },
): Promise<void> {
  await writeDockerArchive(path, { index, tags: [tag], variantTags, draft })
  for (const { platform } of variantTags ? [] : untaggedImages(index)) {
    log.warn(`no tag of the archive leads to ${platformName(platform)}: --variant-tags gives it one`)
  }
}

/** Throws `ApkoError` `OUTPUT` unless the path is a directory. */
export async function expectDirectory(path: string, purpose: string, hint: string): Promise<void> {
  if (await isDirectory(path)) return
  throw new ApkoError('OUTPUT', `${path} is no directory to write ${purpose} into`, { hint })
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false
    throw error
  }
}
