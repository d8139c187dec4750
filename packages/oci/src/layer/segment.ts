/** A run as it stands in a layer, compressed so that segments can follow each other. */
export interface Segment {
  readonly encoded: Uint8Array
  /** Bytes of the run. */
  readonly size: number
  /** CRC-32 of the run. */
  readonly checksum: number
  /** CRC-32 of the compressed bytes, where that is known. */
  readonly encodedChecksum?: number
  /** Where the compressed bytes are already. */
  readonly stored?: StoredAt | undefined
  /** Takes `encoded` back when it was written: it is used for another segment then. */
  readonly release?: (() => void) | undefined
}

/** A place in a file. */
export interface StoredAt {
  readonly path: string
  readonly offset: number
}

/** Takes the bytes of a layer, and where they are already. Bytes are only valid until it is done. */
export type LayerSink = (chunk: Uint8Array, stored?: StoredAt) => void | Promise<void>

/** Where a segment lies in a written layer. */
export interface PlacedSegment {
  /** Of its run. */
  readonly key: string
  readonly size: number
  readonly checksum: number
  /** In the blob. */
  readonly offset: number
  readonly length: number
  /** CRC-32 of the compressed bytes, to notice damage. */
  readonly encodedChecksum: number
}

/** Segments of layers that were written before. */
export interface SegmentSource {
  /** Intact, or undefined. */
  find(key: string): Segment | undefined
  /** Bytes of the run, of a segment that is probably there. */
  sizeOf(key: string): number | undefined
}
