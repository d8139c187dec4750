import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type ContentRef, encodeTarHeader } from '@apkts/archive'
import { sha256 } from '@apkts/encoding'
import type { LayerEntry } from '@apkts/oci'

/** A file that is called like the SHA-256 of the data section it holds, as verified packages are in the cache. */
const CONTENT_ADDRESSED = /^[0-9a-f]{64}\.dat\.tar$/

/**
 * Identifies the blob a layer's entries give, without reading any content: headers, contents by the hash of the package
 * they come from, and what else decides the bytes. Undefined when some content has no such name.
 */
export function layerKey(entries: Iterable<LayerEntry>, compressor: string): string | undefined {
  const hash = createHash('sha256').update(`layer-v1 ${compressor}\0`)
  for (const { header, content } of entries) {
    const identity = contentIdentity(content)
    if (identity === undefined) return undefined
    hash.update(encodeTarHeader(header)).update(identity)
  }
  return hash.digest('hex')
}

function contentIdentity(content: ContentRef): Uint8Array | string | undefined {
  if (content.kind === 'bytes') return sha256(content.bytes)
  const name = basename(content.path)
  return CONTENT_ADDRESSED.test(name) ? `${name} ${content.offset} ${content.size}\0` : undefined
}
