import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import type { Prunable } from 'apko-ts'
import { buildsIn, removeBuilds } from './build-records.ts'
import { guestsIn, removeGuests, type Stored } from './guest-store.ts'
import { type StoreName, storeDirectory } from './stores.ts'

/** Something that builds keep for later ones in the user's cache. */
export interface StoreEntry extends Prunable {
  readonly kind: 'environment' | 'build' | 'log' | 'scripts'
  readonly path: string
  /** Of a build that runs; must stay. */
  readonly inUse: boolean
  /** False for what was never finished. */
  readonly complete: boolean
}

interface Store {
  readonly name: StoreName
  readonly kind: StoreEntry['kind']
  list(directory: string): Promise<Stored[]>
  /** Removes what nobody uses of some names; returns those. */
  remove(directory: string, names: readonly string[]): Promise<string[]>
}

const STORES: readonly Store[] = [
  { name: 'guests', kind: 'environment', list: guestsIn, remove: removeGuests },
  { name: 'builds', kind: 'build', list: buildsIn, remove: removeBuilds },
  { name: 'logs', kind: 'log', list: filesIn, remove: removeFiles },
  { name: 'scripts', kind: 'scripts', list: filesIn, remove: removeFiles },
]

/** All that builds have kept, by path; nothing where there is no cache. */
export async function storeEntries(env: Readonly<Record<string, string | undefined>>): Promise<StoreEntry[]> {
  const listed = STORES.map(async ({ name, kind, list }) => {
    const directory = storeDirectory(env, name)
    const found = directory === undefined ? [] : await list(directory)
    return found.map(({ name: own, ...stored }) => ({ ...stored, kind, path: join(directory!, own) }))
  })
  return (await Promise.all(listed)).flat().sort((a, b) => compareBytes(a.path, b.path))
}

/** Removes those entries that no build uses, also when one has begun since they were listed; returns what was removed. */
export async function removeStoreEntries(entries: readonly StoreEntry[]): Promise<StoreEntry[]> {
  const removed: StoreEntry[] = []
  for (const { name, remove } of STORES) {
    const chosen = entries.filter(({ path }) => basename(dirname(path)) === name)
    if (chosen.length === 0) continue
    const names = chosen.map(({ path }) => basename(path))
    const gone = await remove(dirname(chosen[0]!.path), names)
    removed.push(...chosen.filter(({ path }) => gone.includes(basename(path))))
  }
  return removed
}

async function filesIn(directory: string): Promise<Stored[]> {
  const names = (await namesIn(directory)).filter((name) => !name.startsWith('.'))
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await lstat(join(directory, name))
      return { name, size, usedAt: mtimeMs, inUse: false, complete: true }
    }),
  )
}

async function removeFiles(directory: string, names: readonly string[]): Promise<string[]> {
  for (const name of names) await rm(join(directory, name), { force: true })
  return [...names]
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}
