import { concatBytes } from '@apkts/encoding'
import { type Batch, HashThread } from './hash-thread.ts'
import type { Run } from './runs.ts'
import type { TarHash } from './tar-hash.ts'

/**
 * Hashes tars in a thread of its own. The thread reads the contents itself: for layers of which most is not compressed
 * anew, so that nobody else needs their contents.
 */
export interface TarHasher {
  /** Bytes that are not compressed anew for which starting the thread is worthwhile. */
  readonly startsAt: number
  /** Those for which asking it is: fewer, once it runs. */
  readonly from: number
  /** Starts the thread ahead of its use, which takes 40 ms. */
  start(): void
  /** The hash of the next tar. */
  tar(): TarHash
  close(): Promise<void>
}

/** So much is hashed in the time that starting the thread and reading contents twice take. */
const THREADED_FROM = 64 << 20

/** So much is hashed in the time that asking a thread takes. */
const RUNNING_FROM = 4 << 20

/** Opens a hasher; its owner closes it. There is no thread until one is needed. */
export function openTarHasher(startsAt: number = THREADED_FROM): TarHasher {
  let thread: HashThread | undefined
  const start = (): HashThread => {
    thread ??= new HashThread()
    return thread
  }
  return {
    startsAt,
    get from() {
      return thread === undefined ? startsAt : Math.min(startsAt, RUNNING_FROM)
    },
    start,
    tar: () => hashIn(start()),
    close: async () => thread?.close(),
  }
}

/** Bytes of tar that are told of at once. */
const BATCH = 4 << 20
/** Batches under way before the next one has to wait, so that what is told of them takes little memory. */
const AHEAD = 16

function hashIn(thread: HashThread): TarHash {
  const underWay: Promise<void>[] = []
  let size = 0
  let pending: Run[] = []
  let pendingSize = 0
  const send = (): void => {
    const sent = thread.send(tar, batchOf(pending))
    sent.catch(() => {}) // thrown by whoever waits for it
    underWay.push(sent)
    pending = []
    pendingSize = 0
  }
  const tar = thread.start()
  return {
    wantsBytes: false,
    get size() {
      return size
    },
    add(run) {
      size += run.size
      pendingSize += run.size
      pending.push(run)
      if (pendingSize < BATCH) return undefined
      send()
      return underWay.at(-AHEAD)
    },
    forget: () => thread.forget(tar),
    async digest() {
      send()
      for (const sent of underWay) await sent
      return thread.end(tar)
    },
  }
}

function batchOf(runs: readonly Run[]): Batch {
  const count = runs.reduce((sum, run) => sum + run.slices.length, 0)
  const slices = new Float64Array(3 * count)
  const paths = new Map<string, number>()
  const bytes: Uint8Array[] = []
  let filled = 0
  for (const run of runs) {
    for (const slice of run.slices) {
      if (slice.kind === 'bytes') {
        bytes.push(slice.bytes)
        slices[filled] = -1
        slices[filled + 2] = slice.bytes.length
      } else {
        slices[filled] = indexOf(slice.path, paths)
        slices[filled + 1] = slice.offset
        slices[filled + 2] = slice.size
      }
      filled += 3
    }
  }
  return { bytes: concatBytes(bytes), paths: [...paths.keys()], slices }
}

function indexOf(path: string, known: Map<string, number>): number {
  const found = known.get(path) ?? known.size
  if (found === known.size) known.set(path, found)
  return found
}
