import { createHash } from 'node:crypto'
import { ByteSource, gunzipStream, parseTar, readGzipMember, type TarLimits, type TarMember } from '@apkts/archive'
import { sha1 } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PkgInfo } from '../pkginfo/parse.ts'
import { type DataEntry, DataScanner } from './data-scanner.ts'
import { type ApkLimits, limitOf } from './limits.ts'
import { type ApkSections, checkStart, isSignature, pkgInfoOf, type SectionRange, sectionError } from './section.ts'

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

/** What is known of a package before its data section. */
export interface ControlPart {
  readonly sections: Omit<ApkSections, 'data'>
  /** Compressed control section. */
  readonly control: Uint8Array
  /** Compressed signature section. */
  readonly signature?: Uint8Array
  readonly signatureMembers: readonly TarMember[]
  readonly controlMembers: readonly TarMember[]
  readonly pkgInfo: PkgInfo
}

export interface ExpandedApk extends ControlPart {
  readonly sections: ApkSections
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
  const bytes = new ByteSource(source)
  try {
    const part = await readControlPart(bytes, options)
    await options.onControl?.(part)
    const { control } = part.sections
    const data = await readData(bytes, control.offset + control.length, options)
    return {
      ...part,
      sections: { ...part.sections, data: data.range },
      entries: data.entries,
      fileSize: data.range.offset + data.range.length,
      dataSize: data.size,
    }
  } finally {
    await bytes.close()
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
  throw new ApkError('PACKAGE_NO_DATA', `${file}: the data section is missing`, {
    at: { file },
    hint: 'The file is cut off after its control section; get or build it again.',
  })
}
