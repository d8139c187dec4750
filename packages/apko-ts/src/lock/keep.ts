import { toApkArch } from '@apkts/config'
import { type Resolved, SolverError, type SolverIndex, solveComplete } from '@apkts/solver'
import { type Additions, worldOf } from '../environment/additions.ts'
import { type ArchFacts, indexesOf, solveArch, worldOnBase } from '../environment/arch-facts.ts'
import type { LockedPackage } from './format.ts'
import { pinnedWorld } from './lock-config.ts'

/** Packages that were locked before, and the names of those that may move. */
export interface KeptLock {
  readonly packages: readonly LockedPackage[]
  readonly update: ReadonlySet<string>
}

export interface KeepOptions {
  readonly added: Additions
  /** What the world resolves to when nothing is kept. */
  readonly fresh: readonly Resolved[]
  readonly keep: KeptLock
}

/**
 * Packages of one architecture, most of them as they were locked: those asked for move to what a new resolution takes,
 * the others stay unless they cannot hold together with these; and what nothing needs any more goes.
 */
export function keepLocked(facts: ArchFacts, { added, fresh, keep }: KeepOptions): readonly Resolved[] {
  const locked = keep.packages.filter(({ architecture }) => architecture === toApkArch(facts.arch))
  if (locked.length === 0) return fresh
  const wanted = worldOnBase(worldOf(facts.config, added), facts.basePackages)
  const moving = fresh.filter(({ record }) => keep.update.has(record.name))
  const chosen = solvePinned(facts, {
    world: [...wanted, ...pinnedWorld(wanted, moving, facts.indexes)],
    pins: new Set(pinnedWorld(wanted, staying(locked, keep, facts.indexes), facts.indexes)),
  })
  return chosen === undefined ? fresh : solveAmong(chosen, facts, added)
}

/** The locked builds that stay and that a repository still has. */
function staying(locked: readonly LockedPackage[], { update }: KeptLock, indexes: readonly SolverIndex[]): Resolved[] {
  const builds = new Set(
    locked.filter(({ name }) => !update.has(name)).map(({ name, version }) => `${name}=${version}`),
  )
  const found = new Map<string, Resolved>()
  for (const { tag, location, records } of indexes) {
    for (const record of records) {
      const build = `${record.name}=${record.version}`
      if (builds.has(build) && !found.has(build)) found.set(build, { record, tag, location, reason: NO_REASON })
    }
  }
  return [...found.values()]
}

const NO_REASON = { kind: 'world', constraint: '', beaten: [], excluded: [] } as const

interface PinnedWorld {
  readonly world: readonly string[]
  /** World entries that may be dropped when they stand in the way. */
  readonly pins: Set<string>
}

/** Solves with as many pins as can hold; undefined when the search finds no end. */
function solvePinned(facts: ArchFacts, { world, pins }: PinnedWorld): readonly Resolved[] | undefined {
  const indexes = indexesOf(facts)
  for (;;) {
    try {
      return solveComplete({ indexes, world: [...world, ...pins] }).packages
    } catch (error) {
      if (!(error instanceof SolverError)) throw error
      const asked = error.conflict.map((part) => (part.kind === 'world' ? part.constraint : ''))
      const inTheWay = asked.filter((constraint) => pins.has(constraint) && !world.includes(constraint))
      if (inTheWay.length === 0) return undefined
      for (const constraint of inTheWay) pins.delete(constraint)
    }
  }
}

/** The order and the reasons are those of the world alone, as a new resolution would have them. */
function solveAmong(chosen: readonly Resolved[], facts: ArchFacts, added: Additions): readonly Resolved[] {
  const builds = new Set(chosen.map(({ record }) => record))
  const indexes = facts.indexes.map((index) => ({
    ...index,
    records: index.records.filter((record) => builds.has(record)),
  }))
  try {
    return solveArch({ ...facts, indexes }, added)
  } catch (error) {
    if (!(error instanceof SolverError)) throw error
    const base = new Set(facts.basePackages.map(({ name }) => name))
    return chosen.filter(({ record }) => !base.has(record.name))
  }
}
