import { concatBytes } from '@apkts/encoding'
import { ArchiveError } from './error.ts'
import { encodeTarHeader, TAR_END, tarPadding } from './tar-encode.ts'
import { hasContent } from './tar-format.ts'
import type { TarHeader } from './types.ts'

/** A member to be written. */
export interface TarInput {
  readonly header: TarHeader
  /** Its length must be the header's size; may be left out when that is 0. */
  readonly content?: Uint8Array
}

/**
 * A tar in memory, entries in the order given, closed with two zero blocks unless `end` is false.
 * @throws ArchiveError when a content is not as long as its header says.
 */
export function writeTar(members: readonly TarInput[], options: { end?: boolean } = {}): Uint8Array {
  const parts = members.flatMap(encodeMember)
  return concatBytes(options.end === false ? parts : [...parts, TAR_END])
}

function encodeMember({ header, content }: TarInput): Uint8Array[] {
  const expected = hasContent(header.type) ? header.size : 0
  const found = content?.length ?? 0
  if (found !== expected) {
    throw new ArchiveError(
      found < expected ? 'CONTENT_TRUNCATED' : 'CONTENT_TOO_LARGE',
      `tar entry ${JSON.stringify(header.path)} is announced with ${expected} bytes but has ${found}`,
    )
  }
  const parts = [encodeTarHeader(header)]
  if (content !== undefined) parts.push(content, tarPadding(found))
  return parts
}
