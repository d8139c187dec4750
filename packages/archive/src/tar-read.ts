import { ByteSource } from './byte-source.ts'
import { ArchiveError } from './error.ts'
import { BLOCK, paddingLength } from './tar-format.ts'
import { TarState } from './tar-state.ts'
import type { TarHeader, TarLimits } from './types.ts'

/** A member of a tar that is read as a stream. */
export interface StreamedMember {
  readonly header: TarHeader
  /** Of the content, from the start of the tar. */
  readonly offset: number
  /** Readable once, before the next member is asked for; what is not read is skipped. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Members of a tar stream of any size, without holding a content in memory. Stops at the end-of-archive marker or at
 * the end of the stream; bytes after the marker are not looked at.
 * @throws ArchiveError for everything that is not a tar.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  limits: TarLimits = {},
): AsyncGenerator<StreamedMember, void, void> {
  const bytes = new ByteSource(source)
  const state = new TarState(limits)
  try {
    for (;;) {
      const block = await bytes.upTo(BLOCK)
      if (block.length === 0) return
      const step = state.header(whole(block, BLOCK))
      if (step.kind === 'zero') return checkEnd(await bytes.upTo(BLOCK))
      if (step.kind === 'extension') {
        state.extend(step.typeflag, whole(await bytes.upTo(step.size), step.size))
        await skip(bytes, paddingLength(step.size))
        continue
      }
      const { size } = step.header
      const offset = bytes.position
      yield { header: step.header, offset, content: contentOf(bytes, offset, size) }
      await skip(bytes, offset + size - bytes.position)
      await padding(bytes, size)
    }
  } finally {
    await bytes.close()
  }
}

async function* contentOf(bytes: ByteSource, offset: number, size: number): AsyncGenerator<Uint8Array, void, void> {
  while (bytes.position < offset + size) {
    const chunk = await bytes.some(offset + size - bytes.position)
    if (chunk === undefined) throw truncated()
    yield chunk
  }
}

async function skip(bytes: ByteSource, length: number): Promise<void> {
  for (let left = length; left > 0; ) {
    const chunk = await bytes.some(left)
    if (chunk === undefined) throw truncated()
    left -= chunk.length
  }
}

// Like Go's reader: the padding of the very last member may be missing.
async function padding(bytes: ByteSource, size: number): Promise<void> {
  await bytes.upTo(paddingLength(size))
}

function whole(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length < length) throw truncated()
  return bytes
}

function checkEnd(next: Uint8Array): void {
  if (next.every((byte) => byte === 0)) return
  throw new ArchiveError('TAR_INVALID', 'tar is malformed: data after a zero block')
}

function truncated(): ArchiveError {
  return new ArchiveError('TAR_TRUNCATED', 'tar ends in the middle of an entry')
}
