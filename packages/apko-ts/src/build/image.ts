import { join } from 'node:path'
import { platformOf, toApkArch } from '@apkts/config'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import {
  buildImageConfig,
  buildManifest,
  compressorName,
  type Image,
  type LayerBlob,
  type LayerEntry,
  layerKey,
  layerRuns,
  writeLayerFile,
} from '@apkts/oci'
import type { BaseImage } from '@apkts/registry'
import { planRootfsLayers } from '@apkts/rootfs'
import type { Session } from '../environment/session.ts'
import { splitWords } from '../image/words.ts'
import { hasLayering } from './check.ts'
import { type ComposedArch, warnOfMissingFiles } from './compose.ts'
import { identifyContent } from './content-identity.ts'
import { LAYER_CACHE, type LayerCache, openLayerCache, type WriteLayer } from './layer-cache.ts'

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

async function writeLayers({ plan, rootfs }: ComposedArch, options: ImageOptions): Promise<LayerBlob[]> {
  const arch = toApkArch(plan.arch)
  const stage = options.session.log.stage(`write layers for ${arch}`)
  const plans = planRootfsLayers(rootfs)
  const layers: LayerBlob[] = []
  let reused = 0
  try {
    for (const [index, { entries }] of plans.entries()) {
      stage.update({ done: index, total: plans.length })
      const { layer, cached } = await provideLayer(entries, `${arch}-${index}`, options)
      layers.push(layer)
      reused += cached ? 1 : 0
    }
  } finally {
    stage.end(reused === 0 ? undefined : `${reused} of ${plans.length} unchanged`)
  }
  return layers
}

interface ProvidedLayer {
  readonly layer: LayerBlob
  /** Taken from the cache as it was. */
  readonly cached: boolean
}

async function provideLayer(
  entries: readonly LayerEntry[],
  name: string,
  { directory, session }: ImageOptions,
): Promise<ProvidedLayer> {
  const { cacheDir, log, signal } = session
  const key = cacheDir === undefined ? undefined : layerKey(layerRuns(entries), identifyContent, compressorName())
  if (cacheDir !== undefined && key !== undefined) {
    const write: WriteLayer = async (path, segments) => {
      const { content: _, ...record } = await writeLayerFile(entries, path, {
        signal,
        reuse: { segments, identify: identifyContent },
      })
      return record
    }
    try {
      return await throughCache(openLayerCache(join(cacheDir, LAYER_CACHE)), key, write)
    } catch (error) {
      if (!isSystemError(error)) throw error
      log.debug(`the layer is not kept for the next build: ${messageOf(error)}`)
    }
  }
  return { layer: await writeLayerFile(entries, join(directory, `${name}.tar.gz`), { signal }), cached: false }
}

async function throughCache(cache: LayerCache, key: string, write: WriteLayer): Promise<ProvidedLayer> {
  const found = await cache.find(key)
  return found === undefined ? { layer: await cache.add(key, write), cached: false } : { layer: found, cached: true }
}
