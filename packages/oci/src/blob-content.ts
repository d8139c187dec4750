import { type ContentRef, contentSize, readContent, sliceContent } from '@apkts/archive'

/** Where the bytes of a blob are: in one place, or in several, one after the other. */
export type BlobContent = ContentRef | { readonly kind: 'joined'; readonly parts: readonly ContentRef[] }

/** The places of a blob's bytes, in order. */
export function partsOf(content: BlobContent): readonly ContentRef[] {
  return content.kind === 'joined' ? content.parts : [content]
}

/** A stretch of a blob. */
export function sliceBlob(content: BlobContent, start: number, length: number): BlobContent {
  const parts: ContentRef[] = []
  let offset = 0
  for (const part of partsOf(content)) {
    const size = contentSize(part)
    const [from, to] = [Math.max(start - offset, 0), Math.min(start + length - offset, size)]
    if (from < to) parts.push(sliceContent(part, from, to - from))
    offset += size
  }
  return { kind: 'joined', parts }
}

/** A blob in chunks. @throws ArchiveError `CONTENT_TRUNCATED` when a file ends before its range does. */
export async function* readBlob(content: BlobContent): AsyncGenerator<Uint8Array, void, void> {
  for (const part of partsOf(content)) yield* readContent(part)
}
