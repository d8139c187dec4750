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

/** Changes when the layout of the file does. */
const FORMAT = 1
const OWN_DIRECTORY = 0o700
const OWN_FILE = 0o600
const OTHERS_WRITE = 0o022

/**
 * Reads what `writeCode` left for the same `key`; nothing when it is absent, damaged, of another key, or when anybody but
 * this user could have written it: the code is run as it is.
 */
export function readCode(path: string, key: string): CompiledCode {
  try {
    if (!isOwnDirectory(dirname(path))) return new Map()
    const bytes = readOwnFile(path)
    return bytes === undefined ? new Map() : parseCode(bytes, key)
  } catch {
    return new Map() // whatever is wrong with it: it only saves time
  }
}

/** Keeps compiled code for the next run, whole or not at all. That it cannot be written is no error. */
export function writeCode(path: string, key: string, code: CompiledCode): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWN_DIRECTORY })
    if (isOwnDirectory(dirname(path))) writeWhole(path, formatCode(key, code))
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

/** A line of JSON with the CRC-32 of everything behind it; a line with the key, names and lengths; the code. */
export function formatCode(key: string, code: CompiledCode): Buffer {
  const entries = [...code].map(([name, { length }]) => [name, length])
  const body = Buffer.concat([Buffer.from(`${JSON.stringify({ key, entries })}\n`), ...code.values()])
  return Buffer.concat([Buffer.from(`${JSON.stringify({ format: FORMAT, crc: crc32(body) })}\n`), body])
}

/** Reads `formatCode`; nothing for another key or damaged bytes. */
export function parseCode(bytes: Buffer, key: string): CompiledCode {
  const [head, body] = lineOf(bytes) as [{ format?: unknown; crc?: unknown }, Buffer]
  if (head.format !== FORMAT || head.crc !== crc32(body)) return new Map()
  const [about, code] = lineOf(body) as [{ key: string; entries: [string, number][] }, Buffer]
  if (about.key !== key) return new Map()
  const parts = new Map<string, Buffer>()
  let offset = 0
  for (const [name, length] of about.entries) {
    parts.set(name, code.subarray(offset, offset + length))
    offset += length
  }
  return parts
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
