import { type Constraint, type PackageRecord, parseConstraint } from '@apkts/apk'
import { meets } from './satisfy.ts'
import { normaliseWorld } from './solve.ts'
import type { SolverIndex } from './types.ts'

/** Something a solution leaves broken. */
export interface SolutionWarning {
  readonly kind: 'unsatisfied' | 'conflict' | 'same-name' | 'rival' | 'install-if' | 'unknown-tag'
  /** `name-version` of the package concerned; empty when it is a world entry. */
  readonly package: string
  readonly constraint: string
  readonly message: string
}

export interface CheckOptions {
  readonly world?: readonly string[]
  /** With indexes, packages that `install_if` would add and tags that no repository has are reported too. */
  readonly indexes?: readonly SolverIndex[]
}

/**
 * Looks at a chosen set as a whole: every dependency and world entry satisfied, no conflict violated, names
 * with a version offered by one package each, every `install_if` honoured. The resolver's greedy pass guarantees none of this. Unversioned provides satisfy any
 * constraint here, as apk-tools sees it.
 */
export function checkSolution(
  packages: readonly { readonly record: PackageRecord }[],
  { world = [], indexes = [] }: CheckOptions = {},
): SolutionWarning[] {
  const records = packages.map(({ record }) => record)
  const offers = offersOf(records)
  return [
    ...normaliseWorld(world).flatMap((text) => checkConstraint(offers, text, undefined)),
    ...records.flatMap((record) => record.dependencies.flatMap((text) => checkConstraint(offers, text, record))),
    ...checkNames(records),
    ...checkRivals(offers),
    ...checkInstallIf(offers, indexes),
    ...checkTags(normaliseWorld(world), indexes),
  ]
}

interface Offer {
  readonly record: PackageRecord
  /** Empty for an unversioned provide. */
  readonly version: string
}

type Offers = ReadonlyMap<string, readonly Offer[]>

function offersOf(records: readonly PackageRecord[]): Offers {
  const offers = new Map<string, Offer[]>()
  const add = (name: string, offer: Offer) => {
    const list = offers.get(name)
    if (list === undefined) offers.set(name, [offer])
    else list.push(offer)
  }
  for (const record of records) {
    add(record.name, { record, version: record.version })
    for (const text of record.provides) {
      const { name, version } = parseConstraint(text)
      add(name, { record, version })
    }
  }
  return offers
}

function checkConstraint(offers: Offers, text: string, owner: PackageRecord | undefined): SolutionWarning[] {
  const asker = owner === undefined ? 'the world' : buildOf(owner)
  const place = { package: owner === undefined ? '' : buildOf(owner), constraint: text }
  if (text.startsWith('!')) {
    const unwanted = offersFor(offers, parseConstraint(text.slice(1))).find(({ record }) => record !== owner)
    if (unwanted === undefined) return []
    const message = `${asker} conflicts with "${text.slice(1)}", but ${buildOf(unwanted.record)} is installed`
    return [{ kind: 'conflict', ...place, message }]
  }
  const constraint = parseConstraint(text)
  if (offersFor(offers, constraint).length > 0) return []
  const near = offers.get(constraint.name)?.map(({ record }) => buildOf(record)) ?? []
  const found = near.length === 0 ? 'nothing installed provides it' : `only ${near.join(', ')} is installed`
  return [{ kind: 'unsatisfied', ...place, message: `${asker} needs "${text}", but ${found}` }]
}

function offersFor(offers: Offers, constraint: Constraint): readonly Offer[] {
  return (offers.get(constraint.name) ?? []).filter(({ version }) => meets(version, constraint))
}

function checkNames(records: readonly PackageRecord[]): SolutionWarning[] {
  const first = new Map<string, PackageRecord>()
  const warnings: SolutionWarning[] = []
  for (const record of records) {
    const other = first.get(record.name)
    if (other === undefined) {
      first.set(record.name, record)
      continue
    }
    const message = `${buildOf(record)} and ${buildOf(other)} are both installed`
    warnings.push({ kind: 'same-name', package: buildOf(record), constraint: record.name, message })
  }
  return warnings
}

/** A name with a version belongs to one package; only unversioned ones can be shared. */
function checkRivals(offers: Offers): SolutionWarning[] {
  const warnings: SolutionWarning[] = []
  for (const [name, list] of offers) {
    const first = list[0]!.record
    const other = list.find(({ record }) => record.name !== first.name)?.record
    if (other === undefined || list.every(({ version }) => version === '')) continue
    const message = `${buildOf(first)} and ${buildOf(other)} both provide "${name}"`
    warnings.push({ kind: 'rival', package: buildOf(other), constraint: name, message })
  }
  return warnings
}

function checkInstallIf(offers: Offers, indexes: readonly SolverIndex[]): SolutionWarning[] {
  const warnings = new Map<string, SolutionWarning>()
  for (const { tag, records } of indexes) {
    if (tag !== '') continue
    for (const record of records) {
      const { name, installIf } = record
      if (installIf.length === 0 || offers.has(name) || warnings.has(name)) continue
      if (!installIf.every((text) => offersFor(offers, parseConstraint(text)).length > 0)) continue
      const constraint = installIf.join(' ')
      const message = `${buildOf(record)} is to be installed with "${constraint}", but is left out`
      warnings.set(name, { kind: 'install-if', package: buildOf(record), constraint, message })
    }
  }
  return [...warnings.values()]
}

function checkTags(world: readonly string[], indexes: readonly SolverIndex[]): SolutionWarning[] {
  const tags = new Set(indexes.map(({ tag }) => tag))
  return world.flatMap((constraint): SolutionWarning[] => {
    const { pin } = parseConstraint(constraint)
    if (indexes.length === 0 || pin === '' || tags.has(pin)) return []
    const message = `"${constraint}" asks for the tag @${pin}, which no repository has; untagged repositories are used`
    return [{ kind: 'unknown-tag', package: '', constraint, message }]
  })
}

function buildOf(record: PackageRecord): string {
  return `${record.name}-${record.version}`
}
