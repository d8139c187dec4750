import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ownedName, removeAbandonedDirectories } from '@apkts/cache'

/**
 * Pipes for what a program prints. Those of Node are sockets, which nobody can open by name: `echo x > /dev/stderr` in a
 * script would fail. These are named pipes whose names are gone again, one pair for each program at a time.
 */
export interface OutputPipes {
  /** Descriptors for the program's standard output and error. */
  readonly writers: readonly [number, number]
  readonly readers: readonly [Readable, Readable]
  /** To be called when the program has its descriptors. */
  closeWriters(): void
  /** To be called when the program is gone; the pair serves the next one then, if everything was read. */
  release(): void
}

/** Descriptors that keep a pair of pipes without reading from it. */
type Kept = readonly [number, number]

const free: Kept[] = []

/** Opens a pair; undefined where the machine has no `mkfifo`, or no `/proc`. */
export function openOutputPipes(): OutputPipes | undefined {
  const kept = free.pop() ?? makePair()
  if (kept === undefined) return undefined
  const open = (flags: number) => kept.map((descriptor) => openSync(`/proc/self/fd/${descriptor}`, flags))
  const readers = open(constants.O_RDONLY | constants.O_NONBLOCK).map(readerOf)
  const writers = open(constants.O_WRONLY)
  return {
    writers: [writers[0]!, writers[1]!],
    readers: [readers[0]!, readers[1]!],
    closeWriters: () => {
      for (const writer of writers) closeSync(writer)
    },
    release: () => {
      if (readers.every(({ readableEnded }) => readableEnded)) free.push(kept)
      else for (const descriptor of kept) closeSync(descriptor)
    },
  }
}

// Reads when the caller has returned to the event loop: there is a writer by then, without one it would find the end.
function readerOf(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false })
}

const PREFIX = 'apkts-pipes'

/** Writable for everybody, because a step may run as another user, and reachable through the program's descriptors alone. */
function makePair(): Kept | undefined {
  removeAbandonedDirectories(tmpdir(), PREFIX)
  const directory = join(tmpdir(), `${PREFIX}${ownedName()}`)
  mkdirSync(directory, { mode: 0o700 })
  const [stdout, stderr] = [join(directory, 'stdout'), join(directory, 'stderr')]
  try {
    if (spawnSync('mkfifo', ['-m', '666', stdout, stderr], { stdio: 'ignore' }).status !== 0) return undefined
    const keep = (path: string) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return [keep(stdout), keep(stderr)]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
