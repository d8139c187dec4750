import { contentSize } from '@apkts/archive'
import type { ContentFiles } from './content-files.ts'
import type { Run } from './runs.ts'

/** The bytes of a run, in the buffer if one is given. @throws ArchiveError `CONTENT_TRUNCATED` */
export function readRun(run: Run, files: ContentFiles, buffer: Buffer = Buffer.allocUnsafeSlow(run.size)): Uint8Array {
  const bytes = buffer.subarray(0, run.size)
  let used = 0
  for (const slice of run.slices) {
    const size = contentSize(slice)
    files.read(slice, 0, bytes.subarray(used, used + size))
    used += size
  }
  return bytes
}
