import type { PackageRecord } from '@apkts/apk'
import { type ImageConfig, type Locate, toApkArch } from '@apkts/config'
import type { Log } from '@apkts/diagnostics'
import { sortedUnique } from '@apkts/encoding'
import type { Keys } from '@apkts/keyring'
import type { LoadedIndex } from '@apkts/repository'
import type { Resolved, SolverIndex } from '@apkts/solver'
import { ApkoError } from '../error.ts'
import { type Additions, buildRepositoriesOf, worldOf } from './additions.ts'
import { readBaseRecords } from './base-packages.ts'
import { describeMixture } from './c-library.ts'
import { gatherKeys } from './keys.ts'
import { type Resolving, resolveWorld } from './resolver.ts'
import type { Session } from './session.ts'

/** What one architecture's packages are chosen from. */
export interface ArchFacts extends Resolving {
  /** OCI name. */
  readonly arch: string
  /** Validated. */
  readonly config: ImageConfig
  readonly keys: Keys
  readonly buildRepositories: readonly string[]
  readonly indexes: readonly LoadedIndex[]
  /** Packages of the image this one stands on. */
  readonly basePackages: readonly PackageRecord[]
  /** Place of a value of the configuration. */
  readonly locate?: Locate | undefined
  readonly log: Log
  /** What was said already about packages that do not fit together: what is resolved twice is reported once. */
  readonly reported: Set<string>
}

export interface FactsOptions extends Resolving {
  readonly added: Additions
  readonly session: Session
  readonly locate?: Locate | undefined
}

/** Reads the keys and indexes of one architecture. Throws the errors of configuration, keyring and repositories. */
export async function gatherArchFacts(
  config: ImageConfig,
  arch: string,
  { added, session, locate, resolver, strict }: FactsOptions,
): Promise<ArchFacts> {
  const buildRepositories = buildRepositoriesOf(config, added)
  const keys = await gatherKeys(config, arch, { added, session })
  const indexes = await session.repositories.loadIndexes(buildRepositories, toApkArch(arch), { keys })
  checkMixture(indexes, arch, { strict, log: session.log })
  const { baseImage } = config.contents
  const basePackages = baseImage === undefined ? [] : await readBaseRecords(baseImage, arch, session)
  const { log } = session
  const how = { locate, resolver, strict, log, reported: new Set<string>() }
  return { arch, config, keys, buildRepositories, indexes, basePackages, ...how }
}

function checkMixture(
  indexes: readonly SolverIndex[],
  arch: string,
  { strict = false, log }: { readonly strict?: boolean | undefined; readonly log: Log },
): void {
  const mixture = describeMixture(indexes)
  if (mixture === undefined) return
  if (!strict) {
    log.warn(`${toApkArch(arch)}: ${mixture}`)
    return
  }
  throw new ApkoError('C_LIBRARIES', `${toApkArch(arch)}: ${mixture}`, {
    hint: 'programs for one do not run with the other: use repositories of one distribution, or leave out --strict',
  })
}

/**
 * Packages one architecture needs besides those of its base image, in installation order. `siblings` restricts them to
 * builds that the other architectures have, too. Warns of packages that do not fit together. Throws `SolverError`.
 */
export function solveArch(facts: ArchFacts, added: Additions, siblings: readonly ArchFacts[] = []): Resolved[] {
  const others = siblings.filter(({ arch }) => arch !== facts.arch)
  const input = {
    indexes: indexesOf(facts),
    world: worldOnBase(worldOf(facts.config, added), facts.basePackages),
    siblings: new Map(others.map((other) => [toApkArch(other.arch), indexesOf(other)])),
  }
  const { packages } = resolveWorld(input, { ...facts, packages: facts.config.contents.packages })
  const base = new Set(facts.basePackages.map(({ name }) => name))
  return packages.filter(({ record }) => !base.has(record.name))
}

/** The world with every package of the base image pinned. */
export function worldOnBase(world: readonly string[], basePackages: readonly PackageRecord[]): string[] {
  return sortedUnique([...world, ...basePackages.map(({ name, version }) => `${name}=${version}`)])
}

/** Indexes in repository order, that of the base image last. */
export function indexesOf({ indexes, basePackages }: ArchFacts): readonly SolverIndex[] {
  if (basePackages.length === 0) return indexes
  return [...indexes, { tag: '', location: 'base image', records: basePackages }]
}
