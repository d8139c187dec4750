import { NEEDLESS_DEPENDENCIES } from './aliases.ts'
import { toApkVersion, toBusyboxVersion } from './apk-version.ts'
import type { DebControl, Relation, RelationOperator } from './control.ts'
import { compareDebianVersions, type DebianVersion } from './debian-version.ts'

/** The packages that dependencies may be satisfied by. */
export interface Available {
  readonly byName: ReadonlyMap<string, DebControl>
  /** Real packages by the virtual name they provide, in order of name. */
  readonly providers: ReadonlyMap<string, readonly { control: DebControl; provided: Relation }[]>
}

export function availablePackages(controls: Iterable<DebControl>): Available {
  const sorted = [...controls].sort((a, b) => (a.name < b.name ? -1 : 1))
  const providers = new Map<string, { control: DebControl; provided: Relation }[]>()
  for (const control of sorted) {
    for (const provided of control.provides) {
      const list = providers.get(provided.name)
      if (list === undefined) providers.set(provided.name, [{ control, provided }])
      else list.push({ control, provided })
    }
  }
  return { byName: new Map(sorted.map((control) => [control.name, control])), providers }
}

/** One dependency of a package after a choice among its alternatives. */
export interface ChosenDependency {
  readonly relation: Relation
  /** The package that satisfies it; undefined when none of the available ones does. */
  readonly by: DebControl | undefined
}

/**
 * Dependencies of a package: of each entry the first alternative that an available package satisfies, by itself or by a
 * provide (Debian policy 7.1 and 7.5); the first alternative when none does. Needless ones are left out.
 */
export function chooseDependencies(control: DebControl, available: Available): ChosenDependency[] {
  const needless = NEEDLESS_DEPENDENCIES[control.name] ?? []
  return control.depends
    .filter((alternatives) => !alternatives.some((relation) => needless.includes(relation.name)))
    .map((alternatives) => {
      for (const relation of alternatives) {
        const by = satisfier(relation, available)
        if (by !== undefined) return { relation, by }
      }
      return { relation: alternatives[0]!, by: undefined }
    })
}

/** Packages reachable from the roots through chosen dependencies, in order of name, and the dependencies nobody satisfies. */
export function closure(roots: Iterable<string>, available: Available): { packages: DebControl[]; unmet: Unmet[] } {
  const reached = new Map<string, DebControl>()
  const unmet: Unmet[] = []
  const queue = [...roots].flatMap((name) => available.byName.get(name) ?? [])
  for (let control = queue.pop(); control !== undefined; control = queue.pop()) {
    if (reached.has(control.name)) continue
    reached.set(control.name, control)
    for (const { relation, by } of chooseDependencies(control, available)) {
      if (by === undefined) unmet.push({ package: control.name, relation })
      else queue.push(by)
    }
  }
  return { packages: [...reached.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), unmet }
}

export interface Unmet {
  readonly package: string
  readonly relation: Relation
}

/**
 * A chosen dependency as apk writes it. The version is kept when the real package of that name satisfies it within the
 * same epoch; otherwise the bare name says all that an apk version could.
 */
export function dependencyText({ relation, by }: ChosenDependency, keepEpoch = false): string {
  const { name, operator, version } = relation
  if (operator === undefined || version === undefined || by?.name !== name) return name
  if (!keepEpoch && version.epoch !== by.version.epoch) return name
  return name + APK_OPERATOR[operator] + apkVersionOf(by, version, keepEpoch)
}

/** The apk version of a package, or of another version of it. */
export function apkVersionOf(control: DebControl, version: DebianVersion = control.version, keepEpoch = false): string {
  return control.source === 'busybox' ? toBusyboxVersion(version) : toApkVersion(version, { keepEpoch })
}

const APK_OPERATOR: Readonly<Record<RelationOperator, string>> = {
  '<<': '<',
  '<=': '<=',
  '=': '=',
  '>=': '>=',
  '>>': '>',
}

function satisfier(relation: Relation, available: Available): DebControl | undefined {
  const real = available.byName.get(relation.name)
  if (real !== undefined && holds(real.version, relation)) return real
  const provider = available.providers.get(relation.name)?.find(({ provided }) => provideHolds(provided, relation))
  return provider?.control
}

// Debian policy 7.5: an unversioned provide satisfies no versioned dependency.
function provideHolds(provided: Relation, relation: Relation): boolean {
  if (relation.operator === undefined) return true
  return provided.version !== undefined && holds(provided.version, relation)
}

function holds(version: DebianVersion, { operator, version: wanted }: Relation): boolean {
  if (operator === undefined || wanted === undefined) return true
  const order = compareDebianVersions(version, wanted)
  if (operator === '=') return order === 0
  if (operator === '<<') return order < 0
  if (operator === '>>') return order > 0
  return operator === '<=' ? order <= 0 : order >= 0
}
