import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import type { LayerBlob } from '@apkts/oci'

/** Layer blobs by what they were made of, so that an unchanged layer is not compressed again. */
export interface LayerCache {
  /** The blob, verified against its digest; undefined when absent or damaged. */
  find(key: string): Promise<LayerBlob | undefined>
  /** Has the blob written to a path in the cache and keeps it. Old ones make room. */
  add(key: string, write: (path: string) => Promise<LayerBlob>): Promise<LayerBlob>
}

type LayerFacts = Omit<LayerBlob, 'content'>

/** Room for a few large images; what was not used for longest goes first. */
const BUDGET = 4 * 1024 ** 3

/** Opens (and creates on first write) a cache in a directory that may be shared by many processes. */
export function openLayerCache(directory: string, budget = BUDGET): LayerCache {
  const blobPath = (key: string) => join(directory, `${key}.tar.gz`)
  const recordPath = (key: string) => join(directory, `${key}.json`)
  return {
    async find(key) {
      const layer = await readRecord(recordPath(key))
      if (layer === undefined || !(await isIntact(blobPath(key), layer))) return undefined
      return { ...layer, content: { kind: 'file', path: blobPath(key), offset: 0, size: layer.size } }
    },
    async add(key, write) {
      await mkdir(directory, { recursive: true })
      const temporary = join(directory, temporaryName('tmp-'))
      try {
        const { content: _, ...layer } = await write(temporary)
        await rename(temporary, blobPath(key))
        await writeFileAtomic(recordPath(key), formatRecord(layer))
        await prune(directory, budget, blobPath(key))
        return { ...layer, content: { kind: 'file', path: blobPath(key), offset: 0, size: layer.size } }
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    },
  }
}

// The second line is the hash of the first: the diff ID in it cannot be checked without inflating the blob.
function formatRecord(layer: LayerFacts): string {
  const text = JSON.stringify(layer)
  return `${text}\n${sha256Hex(text)}\n`
}

async function readRecord(path: string): Promise<LayerFacts | undefined> {
  try {
    const [text = '', hash] = (await readFile(path, 'utf8')).split('\n')
    return sha256Hex(text) === hash ? (JSON.parse(text) as LayerFacts) : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

async function isIntact(path: string, { digest, size }: LayerFacts): Promise<boolean> {
  try {
    if ((await stat(path)).size !== size) return false
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array)
    const now = new Date()
    await utimes(path, now, now)
    return `sha256:${hash.digest('hex')}` === digest
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

async function prune(directory: string, budget: number, keep: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.tar.gz'))
  const found = await Promise.all(names.map((name) => describe(join(directory, name))))
  const blobs = found.filter((blob) => blob !== undefined).sort((a, b) => b.used - a.used)
  let total = 0
  for (const { path, size } of blobs) {
    total += size
    if (total <= budget || path === keep) continue
    await rm(path.replace(/\.tar\.gz$/, '.json'), { force: true })
    await rm(path, { force: true })
  }
}

async function describe(path: string): Promise<{ path: string; size: number; used: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { path, size, used: mtimeMs }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
