import { createHash } from 'node:crypto'
import {
  ArchiveError,
  ByteSource,
  gunzipStream,
  gunzipWhole,
  parseTar,
  readGzipMember,
  statedSize,
  type TarLimits,
  type TarMember,
} from '@apkts/archive'
import { sha1, sha256 } from '@apkts/encoding'
import type { ApkError } from '../error.ts'
import { type DataEntry, DataScanner } from './data-scanner.ts'
import { type ApkLimits, limitOf } from './limits.ts'
import {
  type ApkSections,
  type ControlPart,
  checkStart,
  isSignature,
  missingData,
  pkgInfoOf,
  type SectionRange,
  sectionError,
} from './section.ts'
import { splitControl } from './split.ts'

/** How a package is read as a stream. */
export interface ExpandOptions {
  /** Name for messages. */
  readonly file: string
  readonly limits?: ApkLimits
  /** Gets what comes before the data section; throws to leave that unread. */
  readonly onControl?: (part: ControlPart) => void | Promise<void>
  /** Gets the data section as it stands in the file, chunk by chunk. Waited for, so it can hold the stream back. */
  readonly onCompressedData?: (chunk: Uint8Array) => void | Promise<void>
  /** Gets the inflated data section chunk by chunk: one tar. Waited for, so it can hold the stream back. */
  readonly onData?: (chunk: Uint8Array) => void | Promise<void>
  /** Gets every file that does not have its recorded SHA-1, and lets the reading go on; by default the first one ends it. */
  readonly onDamage?: (damage: ApkError) => void
}

/**
 * A package that was read as a stream: where its sections are, what its control section says, and every entry of its
 * data.
 */
export interface ExpandedApk extends ControlPart {
  readonly sections: ApkSections
  /** In tar order. */
  readonly entries: readonly DataEntry[]
  readonly fileSize: number
  /** Bytes of the inflated data section. */
  readonly dataSize: number
}

/**
 * Reads a whole apk v2 package, checking on the way every file against its SHA-1 record: a stream of any size, of which
 * only the signature and control sections are held in memory, or bytes at hand, in one piece, which is faster. Whether
 * the sections are the right ones is `checkIntegrity`'s job.
 * @throws ApkError naming the file and, for a wrong checksum, the path in it.
 */
export async function expandApk(
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: ExpandOptions,
): Promise<ExpandedApk> {
  return source instanceof Uint8Array ? expandBytes(source, options) : expandStream(source, options)
}

async function expandBytes(bytes: Uint8Array, options: ExpandOptions): Promise<ExpandedApk> {
  const { file, limits } = options
  const { part, dataOffset } = splitControl(bytes, file, limits)
  await options.onControl?.(part)
  const compressed = bytes.subarray(dataOffset)
  const data = await inflateAtOnce(compressed, options)
  if (data === undefined) {
    const stream = new ByteSource(piecesOf(compressed))
    return expanded(part, await readData(stream, dataOffset, options))
  }
  await options.onCompressedData?.(compressed)
  await options.onData?.(data)
  try {
    const scanner = new DataScanner(file, options.onDamage, tarLimits(limits))
    scanner.write(data)
    const range = { offset: dataOffset, length: compressed.length, digest: sha256(compressed) }
    return expanded(part, { range, entries: scanner.finish(), size: data.length })
  } catch (error) {
    throw sectionError(error, file, 'data section')
  }
}

/** Largest inflated data section that is held in memory. */
export const AT_ONCE = 1 << 26

/** The inflated data section; undefined when it is, or turns out to be, too large, or damaged: reading it as a stream tells. */
async function inflateAtOnce(compressed: Uint8Array, { limits }: ExpandOptions): Promise<Uint8Array | undefined> {
  const stated = statedSize(compressed)
  const limit = limitOf(limits, 'data')
  if (compressed.length === 0 || stated > AT_ONCE || (limit >= 0 && stated > limit)) return undefined
  try {
    return await gunzipWhole(compressed, stated)
  } catch (error) {
    if (error instanceof ArchiveError) return undefined
    throw error
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let start = 0; start < bytes.length; start += CHUNK) yield bytes.subarray(start, start + CHUNK)
}

async function expandStream(source: AsyncIterable<Uint8Array>, options: ExpandOptions): Promise<ExpandedApk> {
  const bytes = new ByteSource(source)
  try {
    const part = await readControlPart(bytes, options)
    await options.onControl?.(part)
    const { control } = part.sections
    return expanded(part, await readData(bytes, control.offset + control.length, options))
  } finally {
    await bytes.close()
  }
}

function expanded(part: ControlPart, { range, entries, size }: DataSection): ExpandedApk {
  return {
    ...part,
    sections: { ...part.sections, data: range },
    entries,
    fileSize: range.offset + range.length,
    dataSize: size,
  }
}

async function readControlPart(bytes: ByteSource, options: ExpandOptions): Promise<ControlPart> {
  const { file } = options
  const start = await bytes.upTo(3)
  checkStart(start, file)
  bytes.unread(start)
  const first = await readSection(bytes, 'first section', options)
  const signed = isSignature(first.members)
  const control = signed ? await readSection(bytes, 'control section', options) : first
  return {
    sections: { ...(signed ? { signature: first.range } : {}), control: control.range },
    control: control.compressed,
    ...(signed ? { signature: first.compressed } : {}),
    signatureMembers: signed ? first.members : [],
    controlMembers: control.members,
    pkgInfo: pkgInfoOf(control.members, file),
  }
}

interface Section {
  readonly range: SectionRange
  readonly compressed: Uint8Array
  readonly members: TarMember[]
}

async function readSection(bytes: ByteSource, part: string, { file, limits }: ExpandOptions): Promise<Section> {
  const offset = bytes.position
  try {
    const { data, compressed } = await readGzipMember(bytes, limitOf(limits, 'control'))
    return {
      range: { offset, length: compressed.length, digest: sha1(compressed) },
      compressed,
      members: parseTar(data),
    }
  } catch (error) {
    throw sectionError(error, file, part)
  }
}

interface DataSection {
  readonly range: SectionRange
  readonly entries: readonly DataEntry[]
  readonly size: number
}

async function readData(bytes: ByteSource, offset: number, options: ExpandOptions): Promise<DataSection> {
  const { file, limits } = options
  const hash = createHash('sha256')
  let length = 0
  let size = 0
  async function* compressed(): AsyncGenerator<Uint8Array, void, void> {
    for (let chunk = await bytes.some(CHUNK); chunk !== undefined; chunk = await bytes.some(CHUNK)) {
      hash.update(chunk)
      length += chunk.length
      await options.onCompressedData?.(chunk)
      yield chunk
    }
  }
  await refuseMissing(bytes, file)
  try {
    const scanner = new DataScanner(file, options.onDamage, tarLimits(limits))
    for await (const chunk of gunzipStream(compressed(), limitOf(limits, 'data'))) {
      size += chunk.length
      await options.onData?.(chunk)
      scanner.write(chunk)
    }
    return { range: { offset, length, digest: hash.digest() }, entries: scanner.finish(), size }
  } catch (error) {
    throw sectionError(error, file, 'data section')
  }
}

const CHUNK = 1 << 18

function tarLimits(limits: ApkLimits | undefined): TarLimits {
  const [entries, extensions] = [limitOf(limits, 'entries'), limitOf(limits, 'extensions')]
  return { ...(entries < 0 ? {} : { entries }), ...(extensions < 0 ? {} : { extensions }) }
}

async function refuseMissing(bytes: ByteSource, file: string): Promise<void> {
  const next = await bytes.upTo(1)
  bytes.unread(next)
  if (next.length > 0) return
  throw missingData(file)
}
