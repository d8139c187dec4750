import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { gunzipStream, sizeLimitError } from '@apkts/archive'
import { messageOf } from '@apkts/diagnostics'
import { concatBytes } from '@apkts/encoding'
import { ApkoError } from '../../error.ts'

/** More than any image has; a few kilobytes can inflate to it. */
const MAX_LAYER = 64 * 2 ** 30

/** A layer's tar, whatever it is compressed with. @throws ApkoError `IMAGE_DAMAGED`, ArchiveError */
export async function* uncompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source[Symbol.asyncIterator]()
  const start = await peek(iterator)
  const whole = chain(start, iterator)
  if (start[0] === 0x1f && start[1] === 0x8b) yield* gunzipStream(whole, MAX_LAYER)
  else if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) yield* zstd(whole)
  else yield* limited(whole)
}

async function peek(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0)
  while (held.length < 4) {
    const next = await iterator.next()
    if (next.done === true) break
    held = concatBytes([held, next.value])
  }
  return held
}

async function* chain(start: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (start.length > 0) yield start
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

async function* zstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  // Not in Node 20.
  const create = (zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress
  if (create === undefined) {
    throw new ApkoError(
      'IMAGE_UNSUPPORTED',
      `a layer is compressed with zstd, which Node ${process.versions.node} lacks`,
      {
        hint: 'use Node 22.15 or newer',
      },
    )
  }
  const stream = create()
  Readable.from(source)
    .on('error', (error) => stream.emit('error', error))
    .pipe(stream)
  try {
    yield* limited(stream as unknown as AsyncIterable<Uint8Array>)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ZSTD'))) throw cause
    throw new ApkoError('IMAGE_DAMAGED', `a layer cannot be decompressed: ${messageOf(cause)}`, { cause })
  }
}

async function* limited(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > MAX_LAYER) throw sizeLimitError('a layer', MAX_LAYER)
    yield chunk
  }
}
