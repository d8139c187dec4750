import { readFileSync, statSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { base32, sha256Hex, utf8, utf8Decode } from '@apkts/encoding'

/** Where answers are kept by their ETag: files `<base32 of the ETag><suffix>` in one directory. */
export interface EtagPlace {
  readonly directory: string
  readonly suffix: string
  /** A directory for incomplete files, on the same file system and outside of what is searched. */
  readonly temporaryDir: string
  /** Where digests of the files are noted, for files that nothing else tells to be damaged. */
  readonly digests?: string
}

/** The ETag as cache file names use it: without surrounding quotes. Undefined when there is none. */
export function trimEtag(header: string | undefined): string | undefined {
  const tag = header?.replace(/^"+|"+$/g, '')
  return tag === '' ? undefined : tag
}

/** The bytes stored for an ETag in the first place that has them undamaged, or undefined. */
export async function readByEtag(places: readonly EtagPlace[], etag: string): Promise<Uint8Array | undefined> {
  for (const place of places) {
    const bytes = await readUndamaged(place, pathOf(place, etag))
    if (bytes !== undefined) return bytes
  }
  return undefined
}

/** The bytes of a stored file; undefined when it is gone, or not what was stored as far as that was noted. */
export async function readUndamaged(place: Pick<EtagPlace, 'digests'>, path: string): Promise<Uint8Array | undefined> {
  const bytes = readIfPresent(path)
  if (bytes === undefined || place.digests === undefined) return bytes
  const noted = readIfPresent(digestPath(place.digests, path))
  return noted === undefined || utf8Decode(noted) === sha256Hex(bytes) ? bytes : undefined
}

/** Stores bytes under their ETag; readers see all of them or nothing. */
export async function storeByEtag(place: EtagPlace, etag: string, bytes: Uint8Array): Promise<void> {
  const { digests, temporaryDir } = place
  const path = pathOf(place, etag)
  if (digests !== undefined) await writeFileAtomic(digestPath(digests, path), sha256Hex(bytes), { temporaryDir })
  await writeFileAtomic(path, bytes, { temporaryDir })
}

// Named after the last parts of the path, so that a cache can be moved.
function digestPath(digests: string, path: string): string {
  return join(digests, sha256Hex(path.slice(dirname(digests).length)))
}

/** Stored files of all places, the newest first by the time of the entry itself. Incomplete downloads are not among them. */
export async function storedFiles(places: readonly EtagPlace[]): Promise<StoredFile[]> {
  const dated = await Promise.all(places.map(datedFiles))
  return dated.flat().sort((a, b) => b.time - a.time || (a.path < b.path ? -1 : 1))
}

/** A version of a file, and the place that has it. */
export interface StoredFile {
  readonly path: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly place: EtagPlace
}

async function datedFiles(place: EtagPlace): Promise<StoredFile[]> {
  const { directory, suffix } = place
  const names = (await namesIn(directory)).filter((name) => name.endsWith(suffix) && !name.startsWith('.'))
  const dated = await Promise.all(names.map((name) => dateOf(join(directory, name))))
  return dated.flatMap((entry) => (entry === undefined ? [] : [{ ...entry, place }]))
}

/** Content of a file of modest size; undefined when there is none of that name. Hundreds are read for each image. */
export function readIfPresent(path: string): Uint8Array | undefined {
  try {
    // Asked first, because an exception takes longer than all of reading a small file.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    return readFileSync(path)
  } catch (error) {
    if (isSystemError(error) && NOT_THERE.has(error.code ?? '')) return undefined
    throw error
  }
}

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'])

function pathOf({ directory, suffix }: EtagPlace, etag: string): string {
  return join(directory, `${base32(utf8(etag))}${suffix}`)
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return []
    throw error
  }
}

async function dateOf(path: string): Promise<{ path: string; time: number } | undefined> {
  try {
    return { path, time: (await lstat(path)).mtimeMs }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
