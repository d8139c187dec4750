import { createHash } from 'node:crypto'
import {
  ByteSource,
  gunzipStream,
  parseTar,
  readGzipMember,
  readTar,
  type TarHeader,
  type TarMember,
} from '@apkts/archive'
import { hex, sha1 } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PkgInfo } from '../pkginfo/parse.ts'
import { fileChecksum } from './checksum.ts'
import { type ApkLimits, limitOf } from './limits.ts'
import { type ApkSections, checkStart, isSignature, pkgInfoOf, type SectionRange, sectionError } from './section.ts'

export interface ExpandOptions {
  /** Name for messages. */
  readonly file: string
  readonly limits?: ApkLimits
  /** Gets the inflated data section chunk by chunk: one tar. Waited for, so it can hold the stream back. */
  readonly onData?: (chunk: Uint8Array) => void | Promise<void>
}

/** An entry of the data section. */
export interface DataEntry {
  readonly header: TarHeader
  /** Of the content, in the inflated data section. */
  readonly offset: number
}

export interface ExpandedApk {
  readonly sections: ApkSections
  /** Compressed control section. */
  readonly control: Uint8Array
  /** Compressed signature section. */
  readonly signature?: Uint8Array
  readonly signatureMembers: readonly TarMember[]
  readonly controlMembers: readonly TarMember[]
  readonly pkgInfo: PkgInfo
  /** In tar order. */
  readonly entries: readonly DataEntry[]
  readonly fileSize: number
  /** Bytes of the inflated data section. */
  readonly dataSize: number
}

/**
 * Reads a whole apk v2 package of any size as a stream, checking on the way every file against its SHA-1 record. Only the
 * signature and control sections are held in memory. Whether the sections are the right ones is `checkIntegrity`'s job.
 * @throws ApkError naming the file and, for a wrong checksum, the path in it.
 */
export async function expandApk(source: AsyncIterable<Uint8Array>, options: ExpandOptions): Promise<ExpandedApk> {
  const { file } = options
  const bytes = new ByteSource(source)
  try {
    const start = await bytes.upTo(3)
    checkStart(start, file)
    bytes.unread(start)
    const first = await readSection(bytes, 'first section', options)
    const signed = isSignature(first.members)
    const control = signed ? await readSection(bytes, 'control section', options) : first
    const data = await readData(bytes, control.range.offset + control.range.length, options)
    return {
      sections: { ...(signed ? { signature: first.range } : {}), control: control.range, data: data.range },
      control: control.compressed,
      ...(signed ? { signature: first.compressed } : {}),
      signatureMembers: signed ? first.members : [],
      controlMembers: control.members,
      pkgInfo: pkgInfoOf(control.members, file),
      entries: data.entries,
      fileSize: data.range.offset + data.range.length,
      dataSize: data.size,
    }
  } finally {
    await bytes.close()
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
  readonly entries: DataEntry[]
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
      yield chunk
    }
  }
  async function* inflated(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of gunzipStream(compressed(), limitOf(limits, 'data'))) {
      size += chunk.length
      await options.onData?.(chunk)
      yield chunk
    }
  }
  await refuseMissing(bytes, file)
  try {
    const entries = await readEntries(inflated(), file)
    return { range: { offset, length, digest: hash.digest() }, entries, size }
  } catch (error) {
    throw sectionError(error, file, 'data section')
  }
}

const CHUNK = 1 << 18

async function refuseMissing(bytes: ByteSource, file: string): Promise<void> {
  const next = await bytes.upTo(1)
  bytes.unread(next)
  if (next.length > 0) return
  throw new ApkError('PACKAGE_NO_DATA', `${file}: the data section is missing`, {
    at: { file },
    hint: 'The file is cut off after its control section; get or build it again.',
  })
}

async function readEntries(inflated: AsyncGenerator<Uint8Array, void, void>, file: string): Promise<DataEntry[]> {
  const entries: DataEntry[] = []
  try {
    for await (const { header, offset, content } of readTar(unclosed(inflated))) {
      if (header.type === 'file') await checkFile(header, content, file)
      entries.push({ header, offset })
    }
    await drain(inflated) // what follows the tar's end still has to be sound gzip data
  } finally {
    await inflated.return()
  }
  return entries
}

/** The same stream, which a reader that stops early does not close. */
function unclosed(inner: AsyncGenerator<Uint8Array, void, void>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => inner.next() }) }
}

async function drain(inner: AsyncGenerator<Uint8Array, void, void>): Promise<void> {
  for await (const _ of inner);
}

async function checkFile(header: TarHeader, content: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const expected = fileChecksum(header, file)
  if (expected === undefined) return
  const hash = createHash('sha1')
  for await (const chunk of content) hash.update(chunk)
  const found = hash.digest()
  if (found.equals(expected)) return
  throw new ApkError(
    'FILE_CHECKSUM',
    `${file}: ${header.path} is damaged: expected SHA-1 ${hex(expected)}, found ${hex(found)}`,
    { at: { file }, hint: 'The package does not match its own records; get or build it again.' },
  )
}
