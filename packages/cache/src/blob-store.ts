import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { type Digest, digestHex, digestOf } from '@apkts/encoding'
import { CacheError } from './error.ts'
import { publishFile, temporaryName } from './publish.ts'

/** Content on disk under its SHA-256. Many processes may use one store at once. */
export interface BlobStore {
  /** Path of the blob, whether present or not. Not verified: readers that do not trust the disk use `read`. */
  path(digest: Digest): string
  has(digest: Digest): Promise<boolean>
  /** The blob, verified; undefined when absent. A damaged one is removed and counts as absent. */
  read(digest: Digest): Promise<Uint8Array | undefined>
  /** Stores bytes and returns their digest. */
  put(bytes: Uint8Array): Promise<Digest>
  /** Stores a stream. @throws CacheError `CACHE_DIGEST_MISMATCH` when `expected` is given and differs. */
  putStream(chunks: AsyncIterable<Uint8Array>, expected?: Digest): Promise<{ digest: Digest; size: number }>
}

// The layout's version is part of the path, so that another layout can live beside this one.
const LAYOUT = 'blobs-v1'

/** Opens (and creates on first write) a store below a directory. */
export function openBlobStore(root: string): BlobStore {
  const path = (digest: Digest): string => {
    const name = digestHex(digest)
    return join(root, LAYOUT, name.slice(0, 2), name.slice(2))
  }
  const temporaryDir = join(root, LAYOUT, 'tmp')
  return {
    path,
    has: (digest) => isFile(path(digest)),
    read: (digest) => readVerified(path(digest), digest),
    async put(bytes) {
      const digest = digestOf(bytes)
      if ((await readVerified(path(digest), digest)) === undefined) {
        await writeBlob(temporaryDir, oneChunk(bytes), () => path(digest))
      }
      return digest
    },
    putStream: (chunks, expected) => writeBlob(temporaryDir, chunks, (digest) => path(digest), expected),
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

async function readVerified(path: string, digest: Digest): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
  if (digestOf(bytes) === digest) return bytes
  await rm(path, { force: true })
  return undefined
}

async function writeBlob(
  temporaryDir: string,
  chunks: AsyncIterable<Uint8Array>,
  target: (digest: Digest) => string,
  expected?: Digest,
): Promise<{ digest: Digest; size: number }> {
  await mkdir(temporaryDir, { recursive: true })
  const temporary = join(temporaryDir, temporaryName())
  try {
    const written = await writeHashed(temporary, chunks)
    if (expected !== undefined && written.digest !== expected) {
      throw new CacheError('CACHE_DIGEST_MISMATCH', `expected content ${expected}, got ${written.digest}`)
    }
    await publishFile(temporary, target(written.digest))
    return written
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeHashed(path: string, chunks: AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const file = await open(path, 'wx', 0o644)
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  return { digest: `sha256:${hash.digest('hex')}`, size }
}
