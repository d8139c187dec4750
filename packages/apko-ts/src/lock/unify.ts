import { parseConstraint } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import { ApkoError } from '../error.ts'

/** One package an architecture chose. */
export interface ChosenPackage {
  readonly name: string
  readonly version: string
  /** What it provides, with versions where it has them. */
  readonly provides: readonly string[]
}

export interface ArchChoice {
  readonly arch: string
  readonly packages: readonly ChosenPackage[]
}

/**
 * Checks that every architecture chose the same version of each configured package, or that what they chose provides
 * it. Throws `ApkoError` `LOCK_INCONSISTENT` with the versions and the architectures that chose them.
 */
export function checkConsistent(world: readonly string[], choices: readonly ArchChoice[]): void {
  const [first, ...others] = choices
  if (first === undefined) return
  let common = choiceOf(first)
  for (const other of others) common = intersect(common, choiceOf(other))
  const provided = new Set(common.versions.keys())
  for (const provides of common.provides.values()) for (const provide of provides) provided.add(provide)
  const missing = originals(world).filter((name) => !provided.has(name))
  if (missing.length > 0) throw inconsistent(missing, choices)
}

interface Choice {
  readonly versions: ReadonlyMap<string, string>
  readonly provides: ReadonlyMap<string, ReadonlySet<string>>
}

function choiceOf({ packages }: ArchChoice): Choice {
  return {
    versions: new Map(packages.map((chosen) => [chosen.name, chosen.version])),
    provides: new Map(packages.map((chosen) => [chosen.name, new Set(chosen.provides.map(nameOf))])),
  }
}

/**
 * What both chose. As in apko a package that only one of them has goes on to provide what it does: each was solved, so
 * the other has a provider of its own.
 */
function intersect(a: Choice, b: Choice): Choice {
  const versions = new Map([...a.versions].filter(([name, version]) => b.versions.get(name) === version))
  const provides = new Map(
    [...a.provides]
      .filter(([name]) => versions.has(name) || !a.versions.has(name) || !b.versions.has(name))
      .map(([name, own]) => [name, versions.has(name) ? sharedNames(a, b, name) : own]),
  )
  return { versions, provides }
}

function sharedNames(a: Choice, b: Choice, name: string): ReadonlySet<string> {
  return new Set([...(a.provides.get(name) ?? [])].filter((provide) => b.provides.get(name)?.has(provide)))
}

function originals(world: readonly string[]): string[] {
  const wanted = world.filter((constraint) => !constraint.startsWith('!'))
  return [...new Set(wanted.map(nameOf))]
}

function nameOf(constraint: string): string {
  return parseConstraint(constraint).name
}

function inconsistent(missing: readonly string[], choices: readonly ArchChoice[]): ApkoError {
  const notes = missing.map((name) => `${name}: ${choicesOf(name, choices)}`)
  return new ApkoError('LOCK_INCONSISTENT', `unable to lock packages to a consistent version: ${missing.join(', ')}`, {
    notes,
    hint: 'pin a version that every architecture has, or build fewer architectures',
  })
}

function choicesOf(name: string, choices: readonly ArchChoice[]): string {
  const byVersion = new Map<string, string[]>()
  for (const { arch, packages } of choices) {
    const version = packages.find((chosen) => chosen.name === name)?.version ?? 'no version'
    byVersion.set(version, [...(byVersion.get(version) ?? []), arch])
  }
  const sorted = [...byVersion].sort(([a], [b]) => compareBytes(a, b))
  return sorted.map(([version, archs]) => `${version} (${archs.join(', ')})`).join(', ')
}
