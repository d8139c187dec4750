import { createHash } from 'node:crypto'
import type { ContentRef } from '@apkts/archive'
import { concatBytes } from '@apkts/encoding'
import type { Piece } from './pieces.ts'
import type { Run } from './runs.ts'

/** Names the bytes of a content on disk without reading them; undefined where nothing is known of them. */
export type Identify = (content: ContentRef & { readonly kind: 'file' }) => string | undefined

/** Identifies what a run compresses to, without reading contents; undefined when some content has no name. */
export function runKey(run: Run, identify: Identify, compressor: string): string | undefined {
  const bytes: Uint8Array[] = []
  let slices = ''
  for (const slice of run.slices) {
    if (slice.kind === 'bytes') {
      bytes.push(slice.bytes)
      slices += `${slice.bytes.length}\n`
      continue
    }
    const identity = identify(slice)
    if (identity === undefined) return undefined
    slices += `${slice.offset} ${slice.size} ${identity}\n`
  }
  const piece = run.piece === undefined ? '' : placeOf(run.piece)
  const hash = createHash('sha256').update(`run-v2 ${compressor}\n${slices}${piece}\n`)
  return hash.update(concatBytes(bytes)).digest('hex')
}

/** The same range can be compressed into different blocks. */
function placeOf({ compressed, firstBit, endBit }: Piece): string {
  return `piece ${compressed.offset} ${firstBit} ${endBit}`
}
