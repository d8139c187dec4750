import { closeSync, openSync } from 'node:fs'
import { writeFully } from '@apkts/archive'
import type { BlobContent, LayerSink, PlacedSegment } from '@apkts/oci'
import { joinedContent, type PatchPart } from './layer-record.ts'

/** The file of a layer that is being written; its owner closes it. */
export interface LayerFileWriter {
  readonly sink: LayerSink
  /** What the blob consists of so far. */
  readonly parts: readonly PatchPart[]
  /** Where the bytes of the blob are as long as the file has its name. */
  content(): BlobContent
  close(): void
}

/** Creates the file of a layer, for all bytes but those that the file `base` has. */
export function createLayerFile(path: string, base: string | undefined): LayerFileWriter {
  const descriptor = openSync(path, 'wx')
  const parts: PatchPart[] = []
  let size = 0
  return {
    parts,
    sink(chunk, stored) {
      const inBase = stored !== undefined && stored.path === base
      append(parts, inBase ? ['base', stored.offset, chunk.length] : ['own', size, chunk.length])
      if (inBase) return
      size += chunk.length
      writeFully(descriptor, chunk)
    },
    content: () => joinedContent(parts, { own: path, base: base ?? path }),
    close: () => closeSync(descriptor),
  }
}

function append(parts: PatchPart[], [from, offset, length]: PatchPart): void {
  const [lastFrom, start, lastLength] = parts.at(-1) ?? [undefined, 0, 0]
  if (lastFrom === from && start + lastLength === offset) parts[parts.length - 1] = [from, start, lastLength + length]
  else parts.push([from, offset, length])
}

/** Of the segments of a blob those in the layer's own file, with their places there. */
export function ownSegments(segments: readonly PlacedSegment[], parts: readonly PatchPart[]): PlacedSegment[] {
  const own: PlacedSegment[] = []
  let [index, start] = [0, 0]
  for (const segment of segments) {
    while (segment.offset >= start + parts[index]![2]) start += parts[index++]![2]
    const [from, offset] = parts[index]!
    if (from === 'own') own.push({ ...segment, offset: segment.offset - start + offset })
  }
  return own
}
