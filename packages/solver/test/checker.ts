import { type Constraint, type PackageRecord, parseConstraint, parseVersion, satisfies } from '@apkts/apk'
import type { ConflictPart, SolverIndex } from '../src/index.ts'

/*
 * What it means that a set of packages is consistent, written down once more and without regard to speed: nothing here
 * is shared with the solver except how versions are read.
 */

export interface Item {
  readonly record: PackageRecord
  readonly tag: string
  readonly location: string
}

export function itemsOf(indexes: readonly SolverIndex[]): Item[] {
  return indexes.flatMap(({ tag, location, records }) => records.map((record) => ({ record, tag, location })))
}

/** True when everything holds that the world and the packages demand; `install_if` is not looked at. */
export function isConsistent(set: readonly Item[], world: readonly string[]): boolean {
  return fitsTogether(set, world) && set.every((item) => item.tag === '' || isLed(item, set, world))
}

/** The same without a look at tags. */
export function fitsTogether(set: readonly Item[], world: readonly string[]): boolean {
  return (
    world.every((text) => holds(set, text, undefined)) &&
    set.every((owner) => owner.record.dependencies.every((text) => holds(set, text, owner))) &&
    set.every((a, i) => set.slice(i + 1).every((b) => !areRivals(a, b)))
  )
}

/** True when the constraints of a conflict hold in a set. */
export function meetsParts(set: readonly Item[], parts: readonly ConflictPart[], world: readonly string[]): boolean {
  const tagsFit = set.every((item) => item.tag === '' || isLed(item, set, world))
  return tagsFit && parts.every((part) => meetsPart(set, part))
}

function meetsPart(set: readonly Item[], part: ConflictPart): boolean {
  if (part.kind === 'world') return holds(set, part.constraint, undefined)
  const owners = set.filter((item) =>
    part.packages.some((place) => place.package === buildOf(item) && place.location === item.location),
  )
  switch (part.kind) {
    case 'dependency':
      return owners.every((owner) => holds(set, part.constraint, owner))
    case 'same-name':
      return owners.length < 2
    case 'tag':
      return true
  }
}

/** Names of packages that `install_if` asks for and that nothing in the set has. */
export function triggered(set: readonly Item[], items: readonly Item[]): Item[] {
  return items.filter(
    ({ record, tag }) =>
      tag === '' &&
      record.installIf.length > 0 &&
      !set.some((item) => offersOf(item).some(({ name }) => name === record.name)) &&
      record.installIf.every((text) => holds(set, text, undefined)),
  )
}

function holds(set: readonly Item[], text: string, owner: Item | undefined): boolean {
  if (text.startsWith('!')) {
    const unwanted = parseConstraint(text.slice(1))
    return !set.some((item) => item !== owner && isOffered(item, unwanted))
  }
  const constraint = parseConstraint(text)
  return set.some((item) => isOffered(item, constraint))
}

function isOffered(item: Item, { name, operator, version }: Constraint): boolean {
  return offersOf(item).some((offer) => {
    if (offer.name !== name) return false
    if (operator === 'any' || offer.version === '') return true
    const actual = parseVersion(offer.version)
    const required = parseVersion(version)
    if (actual !== undefined && required !== undefined) return satisfies(actual, operator, required)
    return offer.version === version && operator !== '<' && operator !== '>'
  })
}

function offersOf({ record }: Item): { name: string; version: string }[] {
  return [{ name: record.name, version: record.version }, ...record.provides.map((text) => parseConstraint(text))]
}

function areRivals(a: Item, b: Item): boolean {
  return offersOf(a).some((x) => offersOf(b).some((y) => x.name === y.name && (x.version !== '' || y.version !== '')))
}

function isLed(item: Item, set: readonly Item[], world: readonly string[]): boolean {
  const led = new Set<Item>()
  const follow = (text: string) => {
    if (text.startsWith('!')) return
    for (const found of set) if (isOffered(found, parseConstraint(text))) led.add(found)
  }
  for (const text of world) if (parseConstraint(text).pin === item.tag) follow(text)
  for (const found of led) for (const text of found.record.dependencies) follow(text)
  return led.has(item)
}

export function buildOf({ record }: { readonly record: PackageRecord }): string {
  return `${record.name}-${record.version}`
}

/** Every subset of a small list. */
export function* subsets<T>(items: readonly T[]): Generator<T[]> {
  for (let mask = 0; mask < 2 ** items.length; mask++) yield items.filter((_, i) => (mask & (1 << i)) !== 0)
}
