import { createHash } from 'node:crypto'
import { contentSize } from '@apkts/archive'
import type { LayerEntry } from './entry.ts'
import type { PieceSource } from './pieces.ts'
import { type Identify, runKey } from './run-key.ts'
import { layerRuns, type Run } from './runs.ts'

/** A run and what it is known by. */
export interface KeyedRun {
  readonly run: Run
  readonly key: string
}

/** The runs of a layer, as often as they are wanted. */
export interface KeyedRuns extends Iterable<KeyedRun> {
  /** What the whole layer is known by. */
  readonly key: string
  /** Bytes of contents and headers. */
  readonly size: number
  /** Whether they are at hand in memory, or made anew each time. */
  readonly held: boolean
}

/** How runs are made, and who else wants them. */
export interface KeyedRunsOptions {
  /** Pieces of packages, which are runs of their own. */
  readonly pieces?: PieceSource | undefined
  /** Gets each run as soon as it is known, as long as they are held. */
  readonly onRun?: ((run: Run) => void) | undefined
}

/** Most bytes of headers that are held. */
const HELD = 32 << 20

/** Identifies a layer and its runs, without reading contents; undefined when some content has no name. */
export function keyedRuns(
  entries: Iterable<LayerEntry>,
  identify: Identify,
  compressor: string,
  { pieces, onRun }: KeyedRunsOptions = {},
): KeyedRuns | undefined {
  const hash = createHash('sha256').update('layer-v2\0')
  const keys: string[] = []
  const runs: Run[] = []
  let size = 0
  let room = HELD
  for (const run of layerRuns(entries, pieces)) {
    const key = runKey(run, identify, compressor)
    if (key === undefined) return undefined
    hash.update(key)
    keys.push(key)
    size += run.size
    room -= weightOf(run)
    if (room < 0) continue
    runs.push(run)
    onRun?.(run)
  }
  const held = room >= 0
  return {
    key: hash.digest('hex'),
    size,
    held,
    *[Symbol.iterator]() {
      let index = 0
      for (const run of held ? runs : layerRuns(entries, pieces)) yield { run, key: keys[index++]! }
    },
  }
}

/** What an object of a slice takes, beside its bytes. */
const SLICE = 150

function weightOf({ slices }: Run): number {
  return slices.reduce((sum, slice) => sum + SLICE + (slice.kind === 'bytes' ? contentSize(slice) : 0), 0)
}
