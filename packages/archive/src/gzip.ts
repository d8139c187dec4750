import { once } from 'node:events'
import { constants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'

/** `melange` is the header of packages: a constant, meaningless time that the original's compressor writes. */
export type GzipHeader = 'standard' | 'melange'

/** How gzip is written. */
export interface GzipOptions {
  /** 0 … 9, default 6. */
  readonly level?: number
  readonly header?: GzipHeader
}

const HEADERS: Readonly<Record<GzipHeader, readonly number[]>> = {
  standard: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff],
  melange: [0x1f, 0x8b, 8, 0, 0, 0x09, 0x6e, 0x88, 0, 0xff],
}

/** The 10 bytes every gzip member of ours starts with (RFC 1952; no name, no real time, unknown system). */
export function gzipHeader(kind: GzipHeader = 'standard'): Uint8Array {
  return Uint8Array.from(HEADERS[kind])
}

/** CRC-32 and length of the plain bytes, as they end a gzip member (RFC 1952). */
export function gzipTrailer(checksum: number, size: number): Uint8Array {
  const trailer = new Uint8Array(8)
  const view = new DataView(trailer.buffer)
  view.setUint32(0, checksum, true)
  view.setUint32(4, size % 2 ** 32, true)
  return trailer
}

/** One gzip member; the same bytes for the same input, options and zlib. */
export function gzip(bytes: Uint8Array, options: GzipOptions = {}): Uint8Array {
  const deflated = deflateRawSync(bytes, { level: options.level ?? constants.Z_DEFAULT_COMPRESSION })
  return concatBytes([gzipHeader(options.header), deflated, gzipTrailer(crc32(bytes), bytes.length)])
}

/** Where compressed bytes go; a returned promise is waited for. */
export type ByteSink = (chunk: Uint8Array) => void | Promise<void>

/** Takes bytes and hands on gzip. */
export interface GzipWriter {
  write(chunk: Uint8Array): Promise<void>
  /** Flushes everything and writes the trailer; the writer is used up. */
  end(): Promise<void>
}

/** Compresses a stream into one gzip member, chunk by chunk, in libuv's pool. Errors of the sink reach the caller. */
export function createGzipWriter(sink: ByteSink, options: GzipOptions = {}): GzipWriter {
  const deflate = createDeflateRaw({ level: options.level ?? constants.Z_DEFAULT_COMPRESSION })
  let checksum = 0
  let size = 0
  const pumped = pump(deflate, sink, gzipHeader(options.header))
  pumped.catch((error: Error) => deflate.destroy(error))
  return {
    async write(chunk) {
      checksum = crc32(chunk, checksum)
      size += chunk.length
      if (!deflate.write(chunk)) await Promise.race([once(deflate, 'drain'), pumped])
    },
    async end() {
      deflate.end()
      await pumped
      await sink(gzipTrailer(checksum, size))
    },
  }
}

async function pump(deflated: AsyncIterable<Uint8Array>, sink: ByteSink, header: Uint8Array): Promise<void> {
  await sink(header)
  for await (const chunk of deflated) await sink(chunk)
}
