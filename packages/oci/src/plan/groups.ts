import { compareBytes } from '@apkts/encoding'
import { OciError } from '../error.ts'

/** What grouping needs to know of an installed package. */
export interface LayerPackage {
  readonly name: string
  readonly origin: string
  /** Installed size in bytes. */
  readonly size: number
  /** Names of packages of the same image that this one replaces: they share a layer. */
  readonly replaced: readonly string[]
}

/** How packages are put into layers. */
export interface Layering {
  readonly strategy: string
  /** Number of package layers at most; the top layer comes on top of it. */
  readonly budget: number
}

interface Group {
  readonly packages: LayerPackage[]
  readonly size: number
  readonly greatestName: string
}

/**
 * Cuts an image's packages into groups that get a layer each: one per origin, joined where one package replaces another,
 * largest first, the smallest merged into one last group when there are more than the budget allows. Names in a group
 * are sorted.
 * @throws OciError `LAYERING_STRATEGY_UNKNOWN`, `LAYERING_BUDGET_INVALID`
 */
export function groupPackages(packages: readonly LayerPackage[], layering: Layering): string[][] {
  checkLayering(layering)
  const groups = connectedPackages(packages).map(describe).sort(largestFirst)
  return fitBudget(groups, layering.budget).map((group) => group.map(({ name }) => name).sort(compareBytes))
}

function checkLayering({ strategy, budget }: Layering): void {
  if (strategy !== 'origin') {
    const found = strategy === '' ? 'no strategy' : `strategy "${strategy}"`
    throw new OciError('LAYERING_STRATEGY_UNKNOWN', `layering has ${found}: expected "origin"`, {
      hint: 'Set layering.strategy to origin, or remove layering for a single layer.',
    })
  }
  if (!Number.isInteger(budget) || budget < 0) {
    throw new OciError('LAYERING_BUDGET_INVALID', `layering has budget ${budget}: expected 0 or more`)
  }
}

function connectedPackages(packages: readonly LayerPackage[]): LayerPackage[][] {
  const groupOf = new Map<string, LayerPackage[]>()
  const byOrigin = new Map<string, LayerPackage[]>()
  for (const item of packages) {
    const group = byOrigin.get(item.origin) ?? []
    group.push(item)
    byOrigin.set(item.origin, group)
    groupOf.set(item.name, group)
  }
  for (const { name, replaced } of packages) {
    for (const other of replaced) join(groupOf, name, other)
  }
  return [...new Set(groupOf.values())]
}

function join(groupOf: Map<string, LayerPackage[]>, a: string, b: string): void {
  const [into, from] = [groupOf.get(a), groupOf.get(b)]
  if (into === undefined || from === undefined || into === from) return
  into.push(...from)
  for (const { name } of from) groupOf.set(name, into)
}

function describe(packages: LayerPackage[]): Group {
  const names = packages.map(({ name }) => name).sort(compareBytes)
  return { packages, size: packages.reduce((sum, { size }) => sum + size, 0), greatestName: names.at(-1)! }
}

function largestFirst(a: Group, b: Group): number {
  return b.size - a.size || compareBytes(a.greatestName, b.greatestName)
}

function fitBudget(groups: readonly Group[], budget: number): LayerPackage[][] {
  const packages = groups.map((group) => group.packages)
  if (packages.length <= budget) return packages
  const kept = Math.max(budget - 1, 0)
  return [...packages.slice(0, kept), packages.slice(kept).flat()]
}
