import type { FileHandle } from 'node:fs/promises'
import { contentSize, encodeTarHeader, TAR_END, tarHeader, tarPadding, writeFully } from '@apkts/archive'
import { type Digest, digestHex } from '@apkts/encoding'
import { type BlobContent, type Descriptor, MEDIA_TYPE, partsOf } from '@apkts/oci'
import { writeContent } from './atomic.ts'

/** What a blob is called in a docker archive. */
export function memberName(blob: Pick<Descriptor, 'digest' | 'mediaType'>): string {
  return blob.mediaType === MEDIA_TYPE.config ? blob.digest : layerName(blob)
}

/** What a layer is called in a docker archive. */
export function layerName({ digest, mediaType }: Pick<Descriptor, 'digest' | 'mediaType'>): string {
  return `${digestHex(digest)}.tar${SUFFIX[mediaType] ?? '.gz'}`
}

const SUFFIX: Readonly<Record<string, string>> = { [MEDIA_TYPE.zstdLayer]: '.zst', [MEDIA_TYPE.plainLayer]: '' }

/** Where the parts of a member are in an archive. */
export interface MemberPlace {
  readonly content: number
  /** The next member's. */
  readonly end: number
}

/** Where a member of that many bytes is that begins at a position. */
export function memberPlace(path: string, size: number, position: number): MemberPlace {
  const content = position + memberHeader(path, size).length
  return { content, end: content + size + tarPadding(size).length }
}

/** Writes the members of an archive, one after the other. */
export interface MemberWriter {
  /** Leaves the bytes of a content alone that begins where the archive has it already. */
  add(path: string, content: BlobContent, digest?: Digest): Promise<void>
  /** Writes the end of the archive. */
  finish(): Promise<void>
}

/** Writes an archive into an open file, which has contents already that begin at `written`. */
export function memberWriter(file: FileHandle, written: ReadonlyMap<Digest, number> = new Map()): MemberWriter {
  let position = 0
  const append = (bytes: Uint8Array): void => {
    writeFully(file.fd, bytes, position)
    position += bytes.length
  }
  return {
    async add(path, content, digest) {
      const size = partsOf(content).reduce((sum, part) => sum + contentSize(part), 0)
      append(memberHeader(path, size))
      if (digest === undefined || written.get(digest) !== position) await writeContent(file, content, position)
      position += size
      append(tarPadding(size))
    },
    async finish() {
      append(TAR_END)
      if (written.size > 0) await file.truncate(position)
    },
  }
}

function memberHeader(path: string, size: number): Uint8Array {
  return encodeTarHeader(tarHeader({ path, type: 'file', mode: 0o644, size }))
}
