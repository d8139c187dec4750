import { parseConstraint } from '@apkts/apk'
import { copyForArch, type ImageConfig } from '@apkts/config'
import { sortedUnique } from '@apkts/encoding'
import type { Resolved, SolverIndex } from '@apkts/solver'
import type { Additions } from '../environment/additions.ts'

/** The configuration with its build lists completed from the command line, as every architecture locks it. */
export function withAdditions(config: ImageConfig, added: Additions): ImageConfig {
  const { contents } = config
  return {
    ...config,
    contents: {
      ...contents,
      buildRepositories: sortedUnique([...contents.buildRepositories, ...added.buildRepositories]),
      repositories: sortedUnique([...contents.repositories, ...added.repositories]),
      keyring: sortedUnique([...contents.keyring, ...added.keyring]),
    },
  }
}

/** The copy of a configuration that one architecture builds: exactly these packages, only that architecture. */
export function lockedCopy(config: ImageConfig, arch: string, packages: readonly string[]): ImageConfig {
  const copy = copyForArch(config)
  return { ...copy, archs: [arch], contents: { ...copy.contents, packages } }
}

/**
 * World entries that pin every resolved package, in byte order. A package keeps the tag it was asked for with; one that
 * only tagged repositories offer gets that tag, because without it nothing could be found again.
 */
export function pinnedWorld(
  world: readonly string[],
  resolved: readonly Resolved[],
  indexes: readonly SolverIndex[],
): string[] {
  const pins = new Map(world.map((text) => parseConstraint(text)).map(({ name, pin }) => [name, pin]))
  const untagged = untaggedBuilds(resolved, indexes)
  const entries = resolved.map(({ record, tag }) => {
    const build = `${record.name}=${record.version}`
    const pin = pins.get(record.name) || (untagged.has(build) ? '' : tag)
    return pin === '' ? build : `${build}@${pin}`
  })
  return sortedUnique(entries)
}

function untaggedBuilds(resolved: readonly Resolved[], indexes: readonly SolverIndex[]): ReadonlySet<string> {
  if (resolved.every(({ tag }) => tag === ''))
    return new Set(resolved.map(({ record }) => `${record.name}=${record.version}`))
  const untagged = indexes.filter(({ tag }) => tag === '').flatMap(({ records }) => records)
  return new Set(untagged.map(({ name, version }) => `${name}=${version}`))
}
