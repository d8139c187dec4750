import type { Digest } from '@apkts/encoding'
import type { Platform } from '@apkts/oci'

/** Images found somewhere, to be looked at. Documents are checked against their digests; nothing else is trusted. */
export interface ImageSource {
  readonly images: readonly SourceImage[]
  /** Digest of the index over them, where there is one. */
  readonly index: Digest | undefined
  close(): Promise<void>
}

/** An image that can be read, whatever place it is in. */
export interface SourceImage {
  readonly platform: Platform
  /** Digest of its manifest; a docker archive of others has none. */
  readonly manifest: Digest | undefined
  /** Digest of its configuration. */
  readonly id: Digest
  /** The configuration as parsed; whoever reads a member checks its type. */
  readonly config: Readonly<Record<string, unknown>>
  readonly annotations: Readonly<Record<string, string>>
  /** Bottom first. */
  readonly layers: readonly SourceLayer[]
}

/** A layer of an image that can be read. */
export interface SourceLayer {
  /** Digest of the tar inside, as the configuration states it. */
  readonly diffId: Digest
  /** Bytes of the blob as stored. */
  readonly size: number
  /** The blob as stored: a tar, often compressed. Fails while it is read when it has not the digest it should. */
  open(): AsyncIterable<Uint8Array>
}
