import { concatBytes } from '@apkts/encoding'
import { ArchiveError } from './error.ts'
import { gunzipAll } from './gunzip.ts'

const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd]
const GZIP = [0x1f, 0x8b]

/** Plain bytes of a kernel module packed with gzip, xz or zstd; anything else, and damaged ones, as they are. */
export async function decompressModule(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const starts = (magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte)
  try {
    if (starts(GZIP)) return gunzipAll(bytes, limit)
    if (starts(XZ)) return await unxz(bytes, limit)
    if (starts(ZSTD)) return await unzstd(bytes, limit)
  } catch (error) {
    if (!(error instanceof ArchiveError) && !isDecoderError(error)) throw error
  }
  return bytes
}

class TooLarge extends Error {}

// The decoders throw plain errors without a class of their own for damaged data.
function isDecoderError(error: unknown): boolean {
  return error instanceof TooLarge || (error instanceof Error && !(error instanceof TypeError))
}

async function unxz(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const { default: xz } = await import('xz-decompress')
  const packed = new Blob([new Uint8Array(bytes)]).stream()
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of new xz.XzReadableStream(packed as never) as unknown as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > limit) throw new TooLarge()
    parts.push(part.slice())
  }
  return concatBytes(parts)
}

async function unzstd(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const { Decompress } = await import('fzstd')
  const parts: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((part) => {
    size += part.length
    if (size > limit) throw new TooLarge()
    parts.push(part.slice())
  })
  stream.push(bytes, true)
  return concatBytes(parts)
}
