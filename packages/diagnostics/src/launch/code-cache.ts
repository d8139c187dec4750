import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

/** Compiled code by the name of the file it was compiled from. */
export type CompiledCode = ReadonlyMap<string, Buffer>

/** What is kept from one run for the next. */
export interface KeptCode {
  readonly code: CompiledCode
  /** How many short runs it is from, since it last grew by a file. */
  readonly runs: number
}

const NOTHING: KeptCode = { code: new Map(), runs: 0 }
/** Short runs whose functions are taken over: they do not all do the same. */
const RUNS = 3

/** What a run did. */
export interface Run {
  /** It compiled files of which there was no code. */
  readonly isNew: boolean
  /** It still has the code of everything that ran: V8 throws away what has not run for some time. */
  readonly isShort: boolean
}

/** How many short runs the code is from when that of this one is added; undefined when it stays as it is. */
export function runsAfter({ runs }: Pick<KeptCode, 'runs'>, { isNew, isShort }: Run): number | undefined {
  if (isNew) return isShort ? 1 : 0
  return isShort && runs < RUNS ? runs + 1 : undefined
}

/** Changes when the layout of the file does. */
const FORMAT = 2
const OWN_DIRECTORY = 0o700
const OWN_FILE = 0o600
const OTHERS_WRITE = 0o022

/**
 * Reads what `writeCode` left for the same `key`; nothing when it is absent, damaged, of another key, or when anybody but
 * this user could have written it: the code is run as it is.
 */
export function readCode(path: string, key: string): KeptCode {
  try {
    if (!isOwnDirectory(dirname(path))) return NOTHING
    const bytes = readOwnFile(path)
    return bytes === undefined ? NOTHING : parseCode(bytes, key)
  } catch {
    return NOTHING // whatever is wrong with it: it only saves time
  }
}

/** Keeps compiled code for the next run, whole or not at all. That it cannot be written is no error. */
export function writeCode(path: string, key: string, kept: KeptCode): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWN_DIRECTORY })
    if (isOwnDirectory(dirname(path))) writeWhole(path, formatCode(key, kept))
  } catch {
    // The next run compiles again.
  }
}

function writeWhole(path: string, bytes: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, bytes, { mode: OWN_FILE, flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** A line of JSON with the CRC-32 of everything behind it; a line with key, runs, names and lengths; the code. */
export function formatCode(key: string, { code, runs }: KeptCode): Buffer {
  const entries = [...code].map(([name, { length }]) => [name, length])
  const body = Buffer.concat([Buffer.from(`${JSON.stringify({ key, runs, entries })}\n`), ...code.values()])
  return Buffer.concat([Buffer.from(`${JSON.stringify({ format: FORMAT, crc: crc32(body) })}\n`), body])
}

/** Reads `formatCode`; nothing for another key or damaged bytes. */
export function parseCode(bytes: Buffer, key: string): KeptCode {
  const [head, body] = lineOf(bytes) as [{ format?: unknown; crc?: unknown }, Buffer]
  if (head.format !== FORMAT || head.crc !== crc32(body)) return NOTHING
  const [about, code] = lineOf(body) as [{ key: string; runs: number; entries: [string, number][] }, Buffer]
  if (about.key !== key) return NOTHING
  const parts = new Map<string, Buffer>()
  let offset = 0
  for (const [name, length] of about.entries) {
    parts.set(name, code.subarray(offset, offset + length))
    offset += length
  }
  return { code: parts, runs: about.runs }
}

function lineOf(bytes: Buffer): [unknown, Buffer] {
  const end = bytes.indexOf(0x0a)
  return [JSON.parse(bytes.toString('utf8', 0, end)), bytes.subarray(end + 1)]
}

function readOwnFile(path: string): Buffer | undefined {
  const file = openSync(path, 'r')
  try {
    const facts = fstatSync(file)
    return facts.isFile() && isOwn(facts) ? readFileSync(file) : undefined
  } finally {
    closeSync(file)
  }
}

function isOwnDirectory(path: string): boolean {
  const facts = lstatSync(path)
  return facts.isDirectory() && isOwn(facts)
}

function isOwn({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & OTHERS_WRITE) === 0
}
