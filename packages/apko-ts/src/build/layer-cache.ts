import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveError, scanContent } from '@apkts/archive'
import { identifyFile, isSameFile, temporaryName, touch, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { LayerBlob, SegmentSource } from '@apkts/oci'
import { openCachedSegments } from './cached-segments.ts'
import { type CachedRecord, formatRecord, type LayerRecord, readRecord } from './layer-record.ts'

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
   * Has the blob written to a path in the cache, with the segments of the blobs that are there at hand, and keeps it.
   * Old ones make room.
   */
  add(key: string, write: WriteLayer): Promise<LayerBlob>
}

export type WriteLayer = (path: string, segments: SegmentSource) => Promise<LayerRecord>

/** Name of the directory beside the packages, one that the original programs do not look at. */
export const LAYER_CACHE = 'apko-ts-layers-v3'

/** Room for a few large images; what was not used for longest goes first. */
const BUDGET = 4 * 1024 ** 3

/** Opens (and creates on first write) a cache in a directory that may be shared by many processes. */
export function openLayerCache(directory: string, budget = BUDGET): LayerCache {
  const blobPath = (key: string) => join(directory, `${key}.tar.gz`)
  const recordPath = (key: string) => join(directory, `${key}.json`)
  return {
    async find(key) {
      const record = await readRecord(recordPath(key))
      if (record === undefined || !(await isIntact(blobPath(key), record))) return undefined
      await touch(recordPath(key)) // the record, because the blob's times tell whether it was written to
      return blobOf(record, blobPath(key))
    },
    async peek(key) {
      const record = await readRecord(recordPath(key))
      return identifyFile(blobPath(key))?.size === `${record?.size}` ? record : undefined
    },
    async add(key, write) {
      await mkdir(directory, { recursive: true })
      const temporary = join(directory, temporaryName('tmp-'))
      const segments = await openCachedSegments(directory)
      try {
        const record = await write(temporary, segments)
        await rename(temporary, blobPath(key))
        const identity = identifyFile(blobPath(key))!
        await writeFileAtomic(recordPath(key), formatRecord({ ...record, identity }))
        await prune(directory, budget, blobPath(key))
        return blobOf(record, blobPath(key))
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      } finally {
        segments.close()
      }
    },
  }
}

function blobOf(record: LayerRecord | CachedRecord, path: string): LayerBlob {
  const { segments: _, identity: _identity, ...facts } = { identity: undefined, ...record }
  return { ...facts, content: { kind: 'file', path, offset: 0, size: facts.size } }
}

async function isIntact(path: string, { digest, size, identity }: CachedRecord): Promise<boolean> {
  const found = identifyFile(path)
  if (found === undefined || isSameFile(found, identity)) return found !== undefined
  try {
    const hash = createHash('sha256')
    for await (const chunk of scanContent({ kind: 'file', path, offset: 0, size })) hash.update(chunk)
    return found.size === `${size}` && `sha256:${hash.digest('hex')}` === digest
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof ArchiveError) return false
    throw error
  }
}

async function prune(directory: string, budget: number, keep: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.tar.gz'))
  const found = names.map((name) => describe(join(directory, name)))
  const blobs = found.filter((blob) => blob !== undefined).sort((a, b) => b.used - a.used)
  let total = 0
  for (const { path, record, size } of blobs) {
    total += size
    if (total <= budget || path === keep) continue
    await rm(record, { force: true })
    await rm(path, { force: true })
  }
}

interface Described {
  readonly path: string
  readonly record: string
  readonly size: number
  readonly used: number
}

/** Undefined when the blob has gone. */
function describe(path: string): Described | undefined {
  const record = path.replace(/\.tar\.gz$/, '.json')
  const [blob, noted] = [path, record].map((file) => statSync(file, { throwIfNoEntry: false }))
  return blob && { path, record, size: blob.size, used: Math.max(blob.mtimeMs, noted?.mtimeMs ?? 0) }
}
