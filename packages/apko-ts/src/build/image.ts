import { type ImageConfig, platformOf } from '@apkts/config'
import { type Digest, digestOf, type Instant } from '@apkts/encoding'
import { buildImageConfig, buildManifest, type Image, type LayerBlob, type StoredDocument } from '@apkts/oci'
import type { BaseImage } from '@apkts/registry'
import { splitWords } from '../image/words.ts'

export interface ImageInput {
  /** OCI name. */
  readonly arch: string
  readonly config: ImageConfig
  /** User ID that `run-as` means. */
  readonly user: string
  readonly created: Instant
  /** Without those of a base image, bottom first. */
  readonly layers: readonly LayerBlob[]
  readonly base?: BaseImage | undefined
}

/** The documents of one architecture's image. */
export function assembleImage({ layers: added, ...input }: ImageInput): Image {
  const { arch, config, created, base } = input
  const configDocument = configDocumentOf(
    input,
    added.map(({ diffId }) => diffId),
  )
  const layers = [...(base?.layers ?? []), ...added]
  const annotations = { ...base?.annotations, ...config.annotations }
  const manifest = buildManifest({ config: configDocument, layers, annotations, created })
  return { platform: platformOf(arch), config: configDocument, manifest, layers }
}

/** Bytes of the config of an image, which depend on how many layers it has, not on which. */
export function configSize(input: Omit<ImageInput, 'layers'>, layers: number): number {
  return configDocumentOf(input, Array<Digest>(layers).fill(digestOf(''))).size
}

function configDocumentOf(
  { arch, config, user, created, base }: Omit<ImageInput, 'layers'>,
  diffIds: readonly Digest[],
): StoredDocument {
  return buildImageConfig({
    platform: platformOf(arch),
    created,
    diffIds,
    cmd: splitWords(config.cmd, 'cmd'),
    entrypoint: entrypointOf(config),
    environment: config.environment,
    annotations: config.annotations,
    user,
    volumes: config.volumes,
    workingDir: config.workDir,
    stopSignal: config.stopSignal,
    base: base?.config,
  })
}

function entrypointOf({ entrypoint: { command, shellFragment } }: ImageConfig): string[] {
  if (shellFragment !== '') return ['/bin/sh', '-c', shellFragment]
  return splitWords(command, 'entrypoint.command')
}
