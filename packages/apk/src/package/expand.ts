import { ByteSource, parseTar, readGzipMember, type TarMember } from '@apkts/archive'
import { sha1 } from '@apkts/encoding'
import type { DataEntry } from './data-scanner.ts'
import { type DataSection, inflateAtOnce, readStream, readWhole } from './data-section.ts'
import type { ExpandOptions } from './expand-options.ts'
import { limitOf } from './limits.ts'
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
  const { part, dataOffset } = splitControl(bytes, options.file, options.limits)
  const own = options.digest === undefined ? part : detached(part)
  await options.onControl?.(own)
  const compressed = bytes.subarray(dataOffset)
  const inflated = await inflateAtOnce(compressed, options)
  if (inflated !== undefined) return expanded(own, await readWhole({ compressed, inflated }, dataOffset, options))
  return expanded(own, await readDataSection(new ByteSource(piecesOf(compressed)), dataOffset, options))
}

/** With arrays of its own, for when those of the package are handed to another thread. */
function detached({ control, signature, ...rest }: ControlPart): ControlPart {
  const own = { ...rest, control: Uint8Array.from(control) }
  return signature === undefined ? own : { ...own, signature: Uint8Array.from(signature) }
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
    return expanded(part, await readDataSection(bytes, control.offset + control.length, options))
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

const CHUNK = 1 << 18

async function readDataSection(bytes: ByteSource, offset: number, options: ExpandOptions): Promise<DataSection> {
  await refuseMissing(bytes, options.file)
  return readStream(bytes, offset, options)
}

async function refuseMissing(bytes: ByteSource, file: string): Promise<void> {
  const next = await bytes.upTo(1)
  bytes.unread(next)
  if (next.length > 0) return
  throw missingData(file)
}
