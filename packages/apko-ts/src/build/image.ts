import { join } from 'node:path'
import { platformOf, toApkArch } from '@apkts/config'
import { buildImageConfig, buildManifest, type Image, type LayerBlob, writeLayerFile } from '@apkts/oci'
import type { BaseImage } from '@apkts/registry'
import { planRootfsLayers } from '@apkts/rootfs'
import type { Session } from '../environment/session.ts'
import { splitWords } from '../image/words.ts'
import { hasLayering } from './check.ts'
import { type ComposedArch, warnOfMissingFiles } from './compose.ts'

export interface ImageOptions {
  /** Directory for layer blobs; its owner removes it when they are copied to where they belong. */
  readonly directory: string
  readonly session: Session
  readonly base?: BaseImage | undefined
}

/** Writes the layers of one architecture and makes the documents that describe them. */
export async function buildArchImage(composed: ComposedArch, options: ImageOptions): Promise<Image> {
  const { plan, rootfs, created } = composed
  const { config } = rootfs
  const { base, session } = options
  if (!hasLayering(config)) warnOfMissingFiles(composed, session)
  const added = await writeLayers(composed, options)
  const platform = platformOf(plan.arch)
  const configDocument = buildImageConfig({
    platform,
    created,
    diffIds: added.map(({ diffId }) => diffId),
    cmd: splitWords(config.cmd, 'cmd'),
    entrypoint: entrypointOf(composed),
    environment: config.environment,
    annotations: config.annotations,
    user: config.accounts.runAs,
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

function entrypointOf({ rootfs }: ComposedArch): string[] {
  const { command, shellFragment } = rootfs.config.entrypoint
  if (shellFragment !== '') return ['/bin/sh', '-c', shellFragment]
  return splitWords(command, 'entrypoint.command')
}

async function writeLayers({ plan, rootfs }: ComposedArch, { directory, session }: ImageOptions): Promise<LayerBlob[]> {
  const arch = toApkArch(plan.arch)
  const stage = session.log.stage(`write layers for ${arch}`)
  const plans = planRootfsLayers(rootfs)
  const layers: LayerBlob[] = []
  try {
    for (const [index, layer] of plans.entries()) {
      stage.update({ done: index, total: plans.length })
      const path = join(directory, `${arch}-${index}.tar.gz`)
      layers.push(await writeLayerFile(interruptible(layer.entries, session), path))
    }
  } finally {
    stage.end()
  }
  return layers
}

async function* interruptible<T>(items: Iterable<T> | AsyncIterable<T>, session: Session): AsyncGenerator<T> {
  for await (const item of items) {
    session.checkpoint()
    yield item
  }
}
