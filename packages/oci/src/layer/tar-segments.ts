import { ContentFiles } from './content-files.ts'
import type { LayerEntry } from './entry.ts'
import { readRun } from './read-run.ts'
import { layerRuns } from './runs.ts'

/** The tar of the entries, closed with two zero blocks, in pieces of at most `RUN_SIZE` bytes, each the caller's to keep. */
export function* tarSegments(entries: Iterable<LayerEntry>): Generator<Uint8Array, void, void> {
  const files = new ContentFiles()
  try {
    for (const run of layerRuns(entries)) yield readRun(run, files)
  } finally {
    files.close()
  }
}
