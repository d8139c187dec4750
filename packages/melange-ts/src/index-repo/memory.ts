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

const VERSION = 3

/** By absolute path: identity, and the record as index text. */
type Entries = Record<string, readonly [identity: string, record: string]>

/** Digests of the last request and of the output it left. */
interface Result {
  readonly request?: string
  readonly output?: string
}

interface Stored {
  readonly result: Result
  /** Parsed when first asked for: of an index that is up to date nobody asks. */
  entries(): Entries
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
  let known: Entries | undefined
  const used: Entries = {}
  let result: Result = {}
  return {
    recall(file, identity) {
      const place = resolve(file)
      known ??= stored.entries()
      const entry = Object.hasOwn(known, place) ? known[place] : undefined
      if (entry?.[0] !== identity) return undefined
      used[place] = entry
      return parseIndex(entry[1])[0]
    },
    remember(file, identity, record) {
      used[resolve(file)] = [identity, formatIndex([record])]
    },
    async isDone(request) {
      return stored.result.request === sha256Hex(request) && stored.result.output === (await digestOf(output))
    },
    async done(request) {
      const digest = await digestOf(output)
      result = digest === undefined ? {} : { request: sha256Hex(request), output: digest }
    },
    save: () => store(path, result, used),
  }
}

/** A line about the last run, one about the packages. A cache that cannot be written only costs time, the next time. */
async function store(path: string, result: Result, entries: Entries): Promise<void> {
  try {
    const lines = [{ version: VERSION, ...result }, entries].map((line) => `${JSON.stringify(line)}\n`)
    await writeFileAtomic(path, lines.join(''), { mode: 0o600 })
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
  const bytes = await readIfPossible(path)
  const end = bytes.indexOf(0x0a)
  const { version, ...result } = parseObject(bytes.subarray(0, Math.max(0, end)))
  if (version !== VERSION) return { result: {}, entries: () => ({}) }
  return { result, entries: () => parseObject(bytes.subarray(end + 1)) as Entries }
}

/** Empty for anything else. */
function parseObject(bytes: Buffer): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

async function readIfPossible(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isSystemError(error)) return Buffer.alloc(0)
    throw error
  }
}
