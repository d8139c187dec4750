import { createHash } from 'node:crypto'
import type { ContentRef } from '@apkts/archive'
import type { Run } from './runs.ts'

/** Names the bytes of a content on disk without reading them; undefined where nothing is known of them. */
export type Identify = (content: ContentRef & { readonly kind: 'file' }) => string | undefined

/** Identifies what a run compresses to, without reading contents; undefined when some content has no name. */
export function runKey(run: Run, identify: Identify, compressor: string): string | undefined {
  const hash = createHash('sha256').update(`run-v1 ${compressor}\0`)
  for (const slice of run.slices) {
    if (slice.kind === 'bytes') {
      hash.update(`${slice.bytes.length}:`).update(slice.bytes)
      continue
    }
    const identity = identify(slice)
    if (identity === undefined) return undefined
    hash.update(`@${identity} ${slice.offset} ${slice.size}\0`)
  }
  return hash.digest('hex')
}
