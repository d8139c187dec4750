import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { formatIndex, type PackageRecord, parseIndex } from '@apkts/apk'
import { type CacheEnvironment, defaultCacheDir, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'

/** What an earlier run learnt about package files, so that only changed ones are read again. */
export interface IndexMemory {
  /** The record of a file whose identity is still the same. */
  recall(file: string, identity: string): PackageRecord | undefined
  remember(file: string, identity: string, record: PackageRecord): void
  /** True when the last run had this request and its output still has the bytes it left there. */
  isDone(request: string): Promise<boolean>
  /** Notes that the output is what this request makes. */
  done(request: string): Promise<void>
  /** Stores what was recalled and remembered; what was not asked for is forgotten. */
  save(): Promise<void>
}

const VERSION = 2

/** By absolute path: identity, and the record as index text. */
type Entries = Record<string, readonly [identity: string, record: string]>

interface Stored {
  readonly entries: Entries
  /** Digests of the last request and of the output it left. */
  readonly request?: string
  readonly output?: string
}

/**
 * Opens the memory of one index file. It lives in the user's cache directory, never beside the packages; without one, or
 * when it cannot be read, every package is read.
 */
export async function openIndexMemory(output: string, env: CacheEnvironment): Promise<IndexMemory | undefined> {
  const cache = defaultCacheDir(env)
  if (cache === undefined) return undefined
  const path = join(cache, '..', 'melange-ts', 'index', `${sha256Hex(resolve(output))}.json`)
  const stored = await load(path)
  const known = stored.entries
  const used: Entries = {}
  let result: Pick<Stored, 'request' | 'output'> = {}
  return {
    recall(file, identity) {
      const place = resolve(file)
      const entry = Object.hasOwn(known, place) ? known[place] : undefined
      if (entry?.[0] !== identity) return undefined
      used[place] = entry
      return parseIndex(entry[1])[0]
    },
    remember(file, identity, record) {
      used[resolve(file)] = [identity, formatIndex([record])]
    },
    async isDone(request) {
      return stored.request === sha256Hex(request) && stored.output === (await digestOf(output))
    },
    async done(request) {
      const digest = await digestOf(output)
      result = digest === undefined ? {} : { request: sha256Hex(request), output: digest }
    },
    save: () => store(path, { version: VERSION, ...result, entries: used }),
  }
}

/** A cache that cannot be written only costs time, the next time. */
async function store(path: string, memory: Stored & { readonly version: number }): Promise<void> {
  try {
    await writeFileAtomic(path, JSON.stringify(memory), { mode: 0o600 })
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

async function digestOf(path: string): Promise<string | undefined> {
  try {
    return sha256Hex(await readFile(path))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

async function load(path: string): Promise<Stored> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isMemory(value) ? value : { entries: {} }
  } catch (error) {
    if (isSystemError(error) || error instanceof SyntaxError) return { entries: {} }
    throw error
  }
}

function isMemory(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  const { version, entries } = value as { version?: unknown; entries?: unknown }
  return version === VERSION && typeof entries === 'object' && entries !== null
}
