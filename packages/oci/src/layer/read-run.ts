import { contentSize } from '@apkts/archive'
import type { ContentFiles } from './content-files.ts'
import type { Run } from './runs.ts'

/** The bytes of a run, the caller's to keep. @throws ArchiveError `CONTENT_TRUNCATED` */
export function readRun(run: Run, files: ContentFiles): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(run.size)
  let used = 0
  for (const slice of run.slices) {
    const size = contentSize(slice)
    files.read(slice, 0, bytes.subarray(used, used + size))
    used += size
  }
  return bytes
}
