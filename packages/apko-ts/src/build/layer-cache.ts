import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveError } from '@apkts/archive'
import { identifyFile, isSameFile, temporaryName, touch, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { Digest } from '@apkts/encoding'
import {
  type BlobContent,
  type Descriptor,
  type KeyedRuns,
  type LayerBlob,
  type LayerSink,
  readBlob,
  type SegmentSource,
} from '@apkts/oci'
import type { Blob } from '@apkts/registry'
import { type BaseBlob, openCachedSegments } from './cached-segments.ts'
import { createLayerFile, type LayerFileWriter, ownSegments } from './layer-file.ts'
import {
  blobPath,
  type CachedRecord,
  contentOf,
  filesOf,
  formatRecord,
  type LayerRecord,
  patchPath,
  readRecord,
  recordPath,
} from './layer-record.ts'

/**
 * Layer blobs by what they were made of, so that an unchanged layer is not compressed again, and of a changed one only
 * what changed.
 */
export interface LayerCache {
  /** The blob, if nobody has written to it or it still has its digest; undefined when absent or damaged. */
  find(key: string): Promise<LayerBlob | undefined>
  /** What is recorded of a blob that is there, without reading it or marking it as used. */
  peek(key: string): Promise<LayerRecord | undefined>
  /**
   * Has the blob written, with the segments of the blobs that are there at hand, and keeps it: of a large one that
   * shares nearly all runs with another only what that one lacks. Old ones make room. `onBlob` gets the blob as soon as
   * `write` knows it, when its files have other names than later.
   */
  add(key: string, runs: KeyedRuns, write: WriteLayer, onBlob?: OnBlob): Promise<LayerBlob>
}

/** Writes a layer to a sink, and may say what its blob is when the sink has all of it, before the rest is known. */
export type WriteLayer = (
  sink: LayerSink,
  segments: SegmentSource,
  onStitched?: (blob: Descriptor) => void,
) => Promise<LayerRecord>

/** Gets a blob whose bytes are there. */
export type OnBlob = (blob: Blob) => void

/** Name of the directory beside the packages, one that the original programs do not look at. */
export const LAYER_CACHE = 'apko-ts-layers-v3'

export interface LayerCacheOptions {
  /** Bytes; default: room for a few large images. What was not used for longest goes first. */
  readonly budget?: number
  /** Bytes of a tar from which on only what a similar layer lacks is kept. */
  readonly patchFrom?: number
}

const BUDGET = 4 * 1024 ** 3
const PATCH_FROM = 16 << 20

/** Opens (and creates on first write) a cache in a directory that may be shared by many processes. */
export function openLayerCache(
  directory: string,
  { budget = BUDGET, patchFrom = PATCH_FROM }: LayerCacheOptions = {},
): LayerCache {
  return {
    async find(key) {
      const record = await readRecord(recordPath(directory, key))
      if (record === undefined || !(await isIntact(directory, key, record))) return undefined
      await touchLayer(directory, key, record)
      return blobOf(directory, key, record)
    },
    async peek(key) {
      const record = await readRecord(recordPath(directory, key))
      const files = record && filesOf(directory, key, record)
      return files?.every(({ path, identity }) => identifyFile(path)?.size === identity.size) ? record : undefined
    },
    async add(key, runs, write, onBlob) {
      await mkdir(directory, { recursive: true })
      const segments = await openCachedSegments(directory)
      const base = runs.size >= patchFrom ? segments.baseOf(runs) : undefined
      try {
        const writing: Writing = {
          base,
          write: ({ sink, content }) => write(sink, segments, (blob) => onBlob?.({ ...blob, content: content() })),
        }
        const record = await writeLayerTo(directory, key, writing)
        await writeFileAtomic(recordPath(directory, key), formatRecord(record))
        await touchLayer(directory, key, record)
        await prune(directory, budget, key)
        return blobOf(directory, key, record)
      } finally {
        segments.close()
      }
    },
  }
}

interface Writing {
  /** Has nearly all of it. */
  readonly base: BaseBlob | undefined
  write(file: LayerFileWriter): Promise<LayerRecord>
}

async function writeLayerTo(directory: string, key: string, { base, write }: Writing): Promise<CachedRecord> {
  const temporary = join(directory, temporaryName('tmp-'))
  const own = base === undefined ? blobPath(directory, key) : patchPath(directory, key)
  try {
    const file = createLayerFile(temporary, base?.path)
    const record = await write(file).finally(() => file.close())
    await rename(temporary, own)
    const identity = identifyFile(own)!
    if (base === undefined) return { ...record, identity }
    const patch = { base: base.key, identity: base.identity, parts: file.parts }
    return { ...record, identity, segments: ownSegments(record.segments, file.parts), patch }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function blobOf(directory: string, key: string, record: CachedRecord): LayerBlob {
  const { segments: _, identity: _identity, patch: _patch, ...facts } = record
  return { ...facts, content: contentOf(directory, key, record) }
}

/** Marks a layer as used by its record, because the times of the files tell whether they were written to. */
async function touchLayer(directory: string, key: string, { patch }: CachedRecord): Promise<void> {
  await touch(recordPath(directory, key))
  if (patch !== undefined) await touch(recordPath(directory, patch.base))
}

/** Whether nobody has written to the layer's files, or it still has its digest. */
async function isIntact(directory: string, key: string, record: CachedRecord): Promise<boolean> {
  const files = filesOf(directory, key, record).map(({ path, identity }) => ({ identity, found: identifyFile(path) }))
  if (files.some(({ found }) => found === undefined)) return false
  if (files.every(({ found, identity }) => isSameFile(found!, identity))) return true
  if (files.some(({ found, identity }) => found!.size !== identity.size)) return false
  return hasDigest(contentOf(directory, key, record), record.digest)
}

/** Whether the bytes are those of the digest; also false where they have gone. */
export async function hasDigest(content: BlobContent, digest: Digest): Promise<boolean> {
  try {
    const hash = createHash('sha256')
    for await (const chunk of readBlob(content)) hash.update(chunk)
    return `sha256:${hash.digest('hex')}` === digest
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof ArchiveError) return false
    throw error
  }
}

/** Patches kept beside all blobs: what they hold is read at every build. */
const PATCHES = 64

async function prune(directory: string, budget: number, keep: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => LAYER_FILE.test(name))
  const found = names.map((name) => describe(directory, name))
  const layers = found.filter((layer) => layer !== undefined).sort((a, b) => b.used - a.used)
  let total = 0
  let patches = 0
  for (const { path, record, size } of layers) {
    total += size
    if (path.endsWith('.patch')) patches++
    if ((total <= budget && patches <= PATCHES) || record === recordPath(directory, keep)) continue
    await rm(record, { force: true })
    await rm(path, { force: true })
  }
}

/** The file of a layer, by the key it has. */
export const LAYER_FILE = /^(.*)\.(?:tar\.gz|patch)$/

interface Described {
  readonly path: string
  readonly record: string
  readonly size: number
  readonly used: number
}

/** Undefined when the file has gone. */
function describe(directory: string, name: string): Described | undefined {
  const [path, record] = [join(directory, name), recordPath(directory, LAYER_FILE.exec(name)![1]!)]
  const [own, noted] = [path, record].map((file) => statSync(file, { throwIfNoEntry: false }))
  return own && { path, record, size: own.size, used: Math.max(own.mtimeMs, noted?.mtimeMs ?? 0) }
}
