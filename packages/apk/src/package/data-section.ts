import { createHash } from 'node:crypto'
import { ArchiveError, type ByteSource, gunzipStream, gunzipWhole, statedSize, type TarLimits } from '@apkts/archive'
import { sha256 } from '@apkts/encoding'
import {
  type DataEntry,
  DataScanner,
  type DataScannerOptions,
  fileDamage,
  type RecordedFile,
  raise,
} from './data-scanner.ts'
import type { DataDigests, ExpandOptions, WholeData } from './expand-options.ts'
import { type ApkLimits, limitOf } from './limits.ts'
import { type SectionRange, sectionError } from './section.ts'

/** A data section that was read to its end. */
export interface DataSection {
  readonly range: SectionRange
  readonly entries: readonly DataEntry[]
  /** Bytes inflated. */
  readonly size: number
}

/** Largest inflated data section that is held in memory. */
const AT_ONCE = 1 << 26

/** The inflated data section; undefined when it is, or turns out to be, too large, or damaged: reading it as a stream tells. */
export async function inflateAtOnce(
  compressed: Uint8Array,
  { limits }: ExpandOptions,
): Promise<Uint8Array | undefined> {
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

type Sections = Omit<WholeData, 'files'>

/** Reads a data section at hand, which starts at `offset` of its file. @throws ApkError */
export async function readWhole(data: Sections, offset: number, options: ExpandOptions): Promise<DataSection> {
  const { length } = data.compressed
  const size = data.inflated.length
  try {
    const { entries, digest } = await (options.digest === undefined
      ? digestHere(data, options)
      : digestElsewhere(data, options, options.digest))
    return { range: { offset, length, digest }, entries, size }
  } catch (error) {
    throw sectionError(error, options.file, 'data section')
  }
}

type Digested = Pick<DataSection, 'entries'> & { readonly digest: Uint8Array }

async function digestHere({ compressed, inflated }: Sections, options: ExpandOptions): Promise<Digested> {
  await options.onCompressedData?.(compressed)
  await options.onData?.(inflated)
  const scanner = new DataScanner(options.file, scannerOptions(options))
  scanner.write(inflated)
  return { digest: sha256(compressed), entries: scanner.finish() }
}

async function digestElsewhere(
  data: Sections,
  options: ExpandOptions,
  digest: (data: WholeData) => Promise<DataDigests>,
): Promise<Digested> {
  const { file, onDamage = raise } = options
  const files: RecordedFile[] = []
  const scanner = new DataScanner(file, { ...scannerOptions(options), onRecorded: (one) => files.push(one) })
  scanner.write(data.inflated)
  const entries = scanner.finish()
  const found = await digest({ ...data, files })
  for (const [i, recorded] of files.entries()) {
    const sha1 = found.files[i]!
    if (Buffer.compare(sha1, recorded.expected) !== 0) onDamage(fileDamage(file, recorded, sha1))
  }
  return { digest: found.section, entries }
}

const CHUNK = 1 << 18

/** Reads a data section as a stream of any size, up to its end. @throws ApkError */
export async function readStream(bytes: ByteSource, offset: number, options: ExpandOptions): Promise<DataSection> {
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
  try {
    const scanner = new DataScanner(file, scannerOptions(options))
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

function scannerOptions({ limits, onDamage }: ExpandOptions): DataScannerOptions {
  return { limits: tarLimits(limits), onDamage }
}

function tarLimits(limits: ApkLimits | undefined): TarLimits {
  const [entries, extensions] = [limitOf(limits, 'entries'), limitOf(limits, 'extensions')]
  return { ...(entries < 0 ? {} : { entries }), ...(extensions < 0 ? {} : { extensions }) }
}
