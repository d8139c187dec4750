import { type ImageConfig, platformOf } from '@apkts/config'
import type { Instant } from '@apkts/encoding'
import { buildImageConfig, buildManifest, type Image, type LayerBlob } from '@apkts/oci'
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
export function assembleImage({ arch, config, user, created, layers: added, base }: ImageInput): Image {
  const platform = platformOf(arch)
  const configDocument = buildImageConfig({
    platform,
    created,
    diffIds: added.map(({ diffId }) => diffId),
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
  const layers = [...(base?.layers ?? []), ...added]
  const annotations = { ...base?.annotations, ...config.annotations }
  const manifest = buildManifest({ config: configDocument, layers, annotations, created })
  return { platform, config: configDocument, manifest, layers }
}

function entrypointOf({ entrypoint: { command, shellFragment } }: ImageConfig): string[] {
  if (shellFragment !== '') return ['/bin/sh', '-c', shellFragment]
  return splitWords(command, 'entrypoint.command')
}
