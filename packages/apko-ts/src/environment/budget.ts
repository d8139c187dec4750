import { availableParallelism } from 'node:os'

/** How much is done at the same time. */
export interface Budget {
  /** Packages fetched and expanded. */
  readonly packages: number
  /** Bytes of packages held in memory for that, inflated; larger ones are streamed. */
  readonly packageBytes: number
  /** Pieces of a layer compressed. */
  readonly segments: number
  /** Architectures built. */
  readonly archs: number
}

export interface BudgetOptions {
  /** Default: the number of processors. */
  readonly jobs?: number | undefined
  /** Bytes that contents under way may take; default: as many as the jobs need. */
  readonly memory?: number | undefined
}

/** Packages wait for the network more than for a processor, so some are always fetched side by side. */
const PACKAGES = 4
/** Two overlap the writing of one with the compressing of the other; more would only need more memory. */
const ARCHS = 2

/** Pieces that wait for their turn to be written while a slower one is compressed. */
const AHEAD = 4

/** A few packages of any usual size. */
const HELD = 64 << 20

/** What a package being expanded as a stream, and a piece being compressed, take at most: chunks, tables and results. */
const PACKAGE_BYTES = 8 << 20
const SEGMENT_BYTES = 4 << 20

/** Divides processors and memory; at least one of each kind goes on. The results of a build do not depend on it. */
export function budgetOf({ jobs, memory = Number.POSITIVE_INFINITY }: BudgetOptions): Budget {
  const workers = jobs ?? availableParallelism()
  const within = (count: number, bytes: number) => Math.max(1, Math.min(count, Math.floor(memory / bytes)))
  const archs = within(Math.min(workers, ARCHS), (workers + AHEAD) * SEGMENT_BYTES)
  return {
    packageBytes: Math.min(HELD, Math.floor(memory / 2)),
    packages: within(jobs ?? Math.max(PACKAGES, workers), archs * PACKAGE_BYTES),
    segments: within(workers + AHEAD, archs * SEGMENT_BYTES),
    archs,
  }
}
