import { createHash } from 'node:crypto'
import type { Digest } from '@apkts/encoding'
import type { Run } from './runs.ts'

/** SHA-256 of a tar, run by run. */
export interface TarHash {
  /** Whether `add` wants the bytes of the runs; else it reads them itself. */
  readonly wantsBytes: boolean
  /** Bytes so far. */
  readonly size: number
  /** Takes the next run. When it returns a promise, waiting for that before the next one saves memory. */
  add(run: Run, bytes: Uint8Array | undefined): Promise<void> | undefined
  /** Does without a digest: what is under way may be left. */
  forget(): void
  /** Ends the tar. @throws ArchiveError `CONTENT_TRUNCATED` */
  digest(): Promise<Digest>
}

/** A hash computed where it is called. */
export function tarHash(): TarHash {
  const hash = createHash('sha256')
  let size = 0
  return {
    wantsBytes: true,
    get size() {
      return size
    },
    add(run, bytes) {
      size += run.size
      hash.update(bytes!)
      return undefined
    },
    forget() {},
    digest: async () => `sha256:${hash.digest('hex')}`,
  }
}
