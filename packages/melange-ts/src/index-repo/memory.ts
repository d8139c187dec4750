import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseRecordText, type RecordText } from '@apkts/apk'
import { type CacheEnvironment, defaultCacheDir, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'

/** What an earlier run learnt about package files, so that only changed ones are read again. */
export interface IndexMemory {
  /** True when nothing is known: there is no use in asking. */
  readonly isEmpty: boolean
  /** The record of a file whose identity is still the same. */
  recall(file: string, identity: string): RecordText | undefined
  remember(file: string, identity: string, record: RecordText): void
  /** True when the last run had this request and its output still has the bytes it left there. */
  isDone(request: string | undefined): Promise<boolean>
  /** Notes that the output is what this request makes; undefined for one that cannot be known again. */
  done(request: string | undefined): Promise<void>
  /** Stores what was recalled and remembered; what was not asked for is forgotten. */
  save(): Promise<void>
}

const VERSION = 4

/** By absolute path: identity, and the record as index text. */
type Entries = Map<string, { readonly identity: string; readonly text: string }>

/** Digests of the last request and of the output it left. */
interface Result {
  readonly request?: string
  readonly output?: string
}

interface Stored {
  readonly isEmpty: boolean
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
  const used: Entries = new Map()
  let result: Result = {}
  return {
    isEmpty: stored.isEmpty,
    recall(file, identity) {
      const place = resolve(file)
      known ??= stored.entries()
      const entry = known.get(place)
      const record = entry?.identity === identity ? parseRecordText(entry.text) : undefined
      if (entry !== undefined && record !== undefined) used.set(place, entry)
      return record
    },
    remember(file, identity, { text }) {
      used.set(resolve(file), { identity, text })
    },
    async isDone(request) {
      if (request === undefined || stored.isEmpty) return false
      return stored.result.request === sha256Hex(request) && stored.result.output === (await digestOf(output))
    },
    async done(request) {
      if (request === undefined) return
      const digest = await digestOf(output)
      result = digest === undefined ? {} : { request: sha256Hex(request), output: digest }
    },
    save: () => store(path, result, used),
  }
}

/** A line about the last run, then what is known of the packages. A cache that cannot be written only costs time, the next time. */
async function store(path: string, result: Result, entries: Entries): Promise<void> {
  try {
    const about = JSON.stringify({ version: VERSION, ...result })
    await writeFileAtomic(path, `${about}\n${formatEntries(entries)}`, { mode: 0o600 })
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

// Three texts each, none of which has a NUL in it. As JSON they would take ten times as long.
const SEPARATOR = '\0'

function formatEntries(entries: Entries): string {
  const texts: string[] = []
  for (const [file, { identity, text }] of entries) {
    if (!text.includes(SEPARATOR)) texts.push(file, identity, text)
  }
  return texts.join(SEPARATOR)
}

function parseEntries(bytes: Buffer): Entries {
  const texts = bytes.toString().split(SEPARATOR)
  const entries: Entries = new Map()
  for (let at = 0; at + 2 < texts.length; at += 3) {
    entries.set(texts[at]!, { identity: texts[at + 1]!, text: texts[at + 2]! })
  }
  return entries
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
  if (version !== VERSION) return { isEmpty: true, result: {}, entries: () => new Map() }
  return { isEmpty: false, result, entries: () => parseEntries(bytes.subarray(end + 1)) }
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
