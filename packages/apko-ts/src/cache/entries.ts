import type { Dirent } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { directorySize } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import { DIGESTS, redactUrl } from '@apkts/repository'
import { IMAGE_CACHE } from '../build/image-cache.ts'
import { LAYER_CACHE, LAYER_FILE } from '../build/layer-cache.ts'

export type EntryKind = 'package' | 'index' | 'key' | 'layer' | 'image' | 'file' | 'incomplete'

/** Something in the package cache that can be used, checked and removed on its own. */
export interface CacheEntry {
  readonly kind: EntryKind
  /** `name-version` of a package, the file's name otherwise. */
  readonly name: string
  /** Repository and directory it comes from, without credentials; empty for what was made here. */
  readonly from: string
  /** What to remove: a directory, or files. The first one is the entry itself. */
  readonly paths: readonly string[]
  /** Bytes on disk. */
  readonly size: number
  /** When it was last written or read, as far as the file system notes it; milliseconds since 1970. */
  readonly usedAt: number
}

const INCOMPLETE = '.incomplete'

/** Everything in a cache directory, by origin and name; nothing for a directory that does not exist. Links are not followed out of it. */
export async function listEntries(root: string): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = []
  for (const { name } of await childrenOf(root)) {
    const path = join(root, name)
    if (name === LAYER_CACHE) entries.push(...(await layersIn(path)))
    else if (name === IMAGE_CACHE) entries.push(...(await filesIn(path, 'image', '')))
    else if (name === INCOMPLETE) entries.push(...(await filesIn(path, 'incomplete', '')))
    else if (name !== DIGESTS) entries.push(...(await repositoryEntries(path, originOf(name))))
  }
  const key = ({ kind, from, name, paths }: CacheEntry) => [from, kind, name, paths[0]].join('\0')
  return entries.sort((a, b) => compareBytes(key(a), key(b)))
}

/** The directory's name as the URL it was made from. */
function originOf(name: string): string {
  try {
    return redactUrl(decodeURIComponent(name.replaceAll('+', ' ')))
  } catch (error) {
    if (error instanceof URIError) return name
    throw error
  }
}

async function repositoryEntries(directory: string, from: string): Promise<CacheEntry[]> {
  const children = await childrenOf(directory)
  const entries: CacheEntry[] = []
  for (const child of children) {
    const path = join(directory, child.name)
    if (child.name.startsWith('.')) entries.push(...(await entryOf('incomplete', from, path)))
    else if (!child.isDirectory()) entries.push(...(await entryOf('file', from, path)))
    else if (child.name === 'APKINDEX') entries.push(...(await filesIn(path, 'index', from)))
    else if (await isPackage(path)) entries.push(...(await entryOf('package', from, path)))
    else if (child.name.endsWith('.pub')) entries.push(...(await filesIn(path, 'key', from)))
    else entries.push(...(await repositoryEntries(path, `${from}/${child.name}`)))
  }
  return entries
}

async function isPackage(directory: string): Promise<boolean> {
  const children = await childrenOf(directory)
  return children.some(({ name }) => name.endsWith('.ctl.tar.gz') || name.startsWith('expand-apk'))
}

/** Each file of a directory with what it is a link to; files that are only such targets are no entries. */
async function filesIn(directory: string, kind: EntryKind, from: string): Promise<CacheEntry[]> {
  const children = await childrenOf(directory)
  const linked = new Map<string, string>()
  for (const child of children) {
    if (!child.isSymbolicLink()) continue
    const target = await targetWithin(directory, child.name)
    if (target !== undefined) linked.set(child.name, target)
  }
  const targets = new Set(linked.values())
  const files = children.filter(({ name }) => !targets.has(name))
  const own = files.map(({ name }) => [name, ...(linked.has(name) ? [linked.get(name)!] : [])])
  const listed = await Promise.all(
    own.map((names) =>
      entryOf(names[0]!.startsWith('.') ? 'incomplete' : kind, from, ...names.map((name) => join(directory, name))),
    ),
  )
  return listed.flat()
}

async function targetWithin(directory: string, name: string): Promise<string | undefined> {
  try {
    const target = await realpath(join(directory, name))
    return dirname(target) === (await realpath(directory)) ? target.slice(dirname(target).length + 1) : undefined
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

async function layersIn(directory: string): Promise<CacheEntry[]> {
  const names = (await childrenOf(directory)).map(({ name }) => name)
  const blobs = names.filter((name) => LAYER_FILE.test(name))
  const claimed = new Set(blobs.flatMap((name) => [name, recordOf(name)]))
  const layers = blobs.map((name) =>
    entryOf(
      'layer',
      '',
      join(directory, name),
      ...(names.includes(recordOf(name)) ? [join(directory, recordOf(name))] : []),
    ),
  )
  const rest = names
    .filter((name) => !claimed.has(name))
    .map((name) => entryOf('incomplete', '', join(directory, name)))
  return (await Promise.all([...layers, ...rest])).flat()
}

function recordOf(blob: string): string {
  return blob.replace(LAYER_FILE, '$1.json')
}

/** None when the first path vanished meanwhile. */
async function entryOf(kind: EntryKind, from: string, ...paths: string[]): Promise<CacheEntry[]> {
  const facts = (await Promise.all(paths.map(factsOf))).filter((found) => found !== undefined)
  if (facts.length === 0) return []
  const name = paths[0]!.slice(dirname(paths[0]!).length + 1)
  const size = facts.reduce((sum, one) => sum + one.size, 0)
  return [{ kind, from, name, paths, size, usedAt: Math.max(...facts.map(({ usedAt }) => usedAt)) }]
}

async function factsOf(path: string): Promise<{ size: number; usedAt: number } | undefined> {
  try {
    const found = await lstat(path)
    if (!found.isDirectory()) return { size: found.size, usedAt: Math.max(found.mtimeMs, found.atimeMs) }
    const times = await Promise.all((await childrenOf(path)).map(({ name }) => usedAt(join(path, name))))
    return { size: await directorySize(path), usedAt: Math.max(found.mtimeMs, ...times) }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

async function usedAt(path: string): Promise<number> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? 0 : Math.max(found.mtimeMs, found.atimeMs)
  } catch (error) {
    if (isSystemError(error)) return 0
    throw error
  }
}

async function childrenOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return []
    throw error
  }
}
