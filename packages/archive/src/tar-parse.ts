import { ArchiveError } from './error.ts'
import { BLOCK, paddingLength } from './tar-format.ts'
import { TarState } from './tar-state.ts'
import type { TarLimits, TarMember } from './types.ts'

/** The members of a tar and how the tar ended. */
export interface ScannedTar {
  readonly members: TarMember[]
  /** Offset after the last member's padding. */
  readonly end: number
  /** True when a zero block ended the archive, false when its bytes did. */
  readonly endMarker: boolean
  /** True when an extension header (pax `x`, GNU `L`/`K`) stood at the end without its member. */
  readonly danglingExtension: boolean
}

/**
 * Members of a tar in memory up to the end-of-archive marker or the end of the bytes; contents are views.
 * @throws ArchiveError for everything that is not a tar.
 */
export function parseTar(bytes: Uint8Array, limits: TarLimits = {}): TarMember[] {
  return scanTar(bytes, limits).members
}

/** Like `parseTar`, but tells how the archive ended. */
export function scanTar(bytes: Uint8Array, limits: TarLimits = {}): ScannedTar {
  const state = new TarState(limits)
  const members: TarMember[] = []
  let offset = 0
  while (offset < bytes.length) {
    const step = state.header(slice(bytes, offset, BLOCK))
    if (step.kind === 'zero') {
      checkEnd(bytes.subarray(offset + BLOCK, offset + 2 * BLOCK))
      return { members, end: offset, endMarker: true, danglingExtension: state.pending }
    }
    offset += BLOCK
    const size = step.kind === 'member' ? step.header.size : step.size
    const body = slice(bytes, offset, size)
    if (step.kind === 'extension') state.extend(step.typeflag, body)
    else members.push({ header: step.header, content: body, offset })
    offset += size + paddingLength(size)
  }
  return { members, end: offset, endMarker: false, danglingExtension: state.pending }
}

function checkEnd(next: Uint8Array): void {
  if (next.every((byte) => byte === 0)) return
  throw new ArchiveError('TAR_INVALID', 'tar is malformed: data after a zero block')
}

function slice(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  if (offset + length > bytes.length) {
    throw new ArchiveError(
      'TAR_TRUNCATED',
      `tar ends early: ${length} bytes expected at ${offset}, ${bytes.length - offset} left`,
    )
  }
  return bytes.subarray(offset, offset + length)
}
