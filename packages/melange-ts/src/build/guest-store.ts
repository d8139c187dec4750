import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import { type Rootfs, walkTree } from '@apkts/rootfs'
import { withFileLock } from '../index-repo/index.ts'
import { removeTree } from './remove-tree.ts'

/** How many guests are kept; the least recently used ones go. */
const KEPT = 4
/** A lease or a half-made guest of that age belongs to a build that was killed. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** A guest's root on disk that several builds share. Nobody writes to it. */
export interface StoredGuest {
  readonly directory: string
  /** Lets the store remove it. */
  release(): Promise<void>
}

/**
 * The guest with these contents from a store of guests; `make` fills its directory when it is not there yet. Safe for many
 * processes: a guest appears under its name when it is complete, and goes only when no build uses it.
 */
export async function storedGuest(
  store: string,
  rootfs: Rootfs,
  make: (directory: string) => Promise<unknown>,
): Promise<StoredGuest> {
  const key = contentKey(rootfs)
  const directory = join(store, key)
  const own = `${key}.${randomBytes(6).toString('hex')}`
  const lease = join(store, `${own}.lease`)
  await mkdir(store, { recursive: true, mode: 0o700 })
  const found = await withFileLock(join(store, 'guests'), async () => {
    await writeFile(lease, '')
    return isDirectory(directory)
  })
  try {
    if (found) await utimes(directory, new Date(), new Date())
    else await makeGuest(directory, join(store, `${own}.new`), make)
    await prune(store)
  } catch (error) {
    await rm(lease, { force: true })
    throw error
  }
  return { directory, release: () => rm(lease, { force: true }) }
}

// Contents in the package cache are named by what they are, so their place is as good as a digest of their bytes.
function contentKey(rootfs: Rootfs): string {
  const hash = createHash('sha256').update(`umask ${process.umask()}\n`)
  for (const { path, header, content } of walkTree(rootfs)) {
    const source =
      content.kind === 'bytes' ? sha256Hex(content.bytes) : `${content.path} ${content.offset} ${content.size}`
    hash.update(JSON.stringify([path, header.type, header.mode, header.linkname, source]))
  }
  return hash.digest('hex')
}

async function makeGuest(directory: string, temporary: string, make: (directory: string) => Promise<unknown>) {
  try {
    await make(temporary)
    await rename(temporary, directory)
  } catch (error) {
    await removeTree(temporary)
    // Another build was first with the same contents.
    if (!isSystemError(error, 'ENOTEMPTY') && !isSystemError(error, 'EEXIST')) throw error
  }
}

async function prune(store: string): Promise<void> {
  const removed = await withFileLock(join(store, 'guests'), () => retire(store))
  await Promise.all(removed.map(removeTree))
}

/** Renames what is to go, so that nobody finds it any more. */
async function retire(store: string): Promise<string[]> {
  const names = await readdir(store)
  const ages = new Map(await Promise.all(names.map(async (name) => [name, await ageOf(join(store, name))] as const)))
  const abandoned = (name: string): boolean => (ages.get(name) ?? 0) > ABANDONED_MS
  const leased = new Set(
    names.filter((name) => name.endsWith('.lease') && !abandoned(name)).map((name) => name.slice(0, 64)),
  )
  const guests = names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort((a, b) => ages.get(a)! - ages.get(b)!)
  const old = guests.slice(KEPT).filter((name) => !leased.has(name))
  const leftovers = names.filter((name) => /\.(?:new|lease|old)$/.test(name) && abandoned(name))
  return Promise.all(
    [...old, ...leftovers].map(async (name) => {
      const retired = join(store, `${name}.${randomBytes(6).toString('hex')}.old`)
      await rename(join(store, name), retired)
      return retired
    }),
  )
}

async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0
    throw error
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
