import { compareBytes } from '@apkts/encoding'
import { flatten, type Values } from './flatten.ts'

/** One value that two configurations have differently. An element of a list has only one side. */
export interface SettingChange {
  /** Such as `Env.PATH` or `paths[/etc/motd].permissions`. */
  readonly field: string
  /** Absent for what was added. */
  readonly before?: string
  /** Absent for what was removed. */
  readonly after?: string
}

/** What differs between two JSON values, by field. Lists are compared by their elements, then by their order. */
export function settingChanges(before: unknown, after: unknown): SettingChange[] {
  const [old, now] = [flatten(before), flatten(after)]
  const fields = [...new Set([...old.keys(), ...now.keys()])].sort(compareBytes)
  return fields.flatMap((field) => fieldChanges(field, old.get(field), now.get(field)))
}

function fieldChanges(field: string, before: Values | undefined, after: Values | undefined): SettingChange[] {
  const [was, is] = [before?.values ?? [], after?.values ?? []]
  const removed = without(was, is)
  const added = without(is, was)
  if (removed.length + added.length === 0) return sameElements(field, was, is)
  const isList = before?.isList === true || after?.isList === true
  if (!isList && removed.length === 1 && added.length === 1) {
    return [{ field, before: removed[0]!, after: added[0]! }]
  }
  return [...removed.map((value) => ({ field, before: value })), ...added.map((value) => ({ field, after: value }))]
}

function sameElements(field: string, was: readonly string[], is: readonly string[]): SettingChange[] {
  const [before, after] = [was.join(', '), is.join(', ')]
  return before === after ? [] : [{ field, before, after }]
}

/** Elements of a list that another has not, or not as often. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const value of other) left.set(value, (left.get(value) ?? 0) + 1)
  return list.filter((value) => {
    const count = left.get(value) ?? 0
    left.set(value, count - 1)
    return count <= 0
  })
}
