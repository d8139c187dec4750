import { didYouMean } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import type { Variables } from '../substitute/lenient.ts'
import { RecipeError } from './error.ts'
import { own } from './records.ts'
import { replacer, replaceSubpackage } from './replace.ts'
import type { RawSubpackage } from './schema.ts'
import type { StringMap, Subpackage } from './types.ts'

export interface ExpandInput {
  /** Ranges by name. */
  readonly ranges: ReadonlyMap<string, StringMap>
  /** For subpackages without a range. */
  readonly variables: Variables
  /** For subpackages with a range: they see the package's fields after replacement. */
  readonly rangeVariables: Variables
  readonly commit: string
  /** Receives ranges that are not there; their subpackages are left out. */
  readonly problems: RecipeError[]
}

/** Expands ranges, one subpackage per item in byte order of the keys, and replaces load-time variables. */
export function expandSubpackages(subpackages: readonly RawSubpackage[], input: ExpandInput): Subpackage[] {
  return subpackages.flatMap((raw, index) => {
    if (raw.range === '') return [finish(raw, index, input.variables, input.commit)]
    const items = input.ranges.get(raw.range)
    if (items === undefined) {
      input.problems.push(unknownRange(raw, index, input.ranges))
      return []
    }
    const keys = Object.keys(items).sort(compareBytes)
    return keys.map((key) => {
      const variables = new Map([...input.rangeVariables, ['range.key', key], ['range.value', own(items, key) ?? '']])
      return finish(raw, index, variables, input.commit)
    })
  })
}

function finish(raw: RawSubpackage, written: number, variables: Variables, commit: string): Subpackage {
  const { range: _range, rangeAt: _rangeAt, ...subpackage } = replaceSubpackage(raw, replacer(variables))
  return { ...subpackage, written, commit: subpackage.commit === '' ? commit : subpackage.commit }
}

function unknownRange(raw: RawSubpackage, index: number, ranges: ReadonlyMap<string, StringMap>): RecipeError {
  return new RecipeError(
    'UNKNOWN_RANGE',
    `subpackage ${index + 1} (${raw.name}) uses the range "${raw.range}", but data has no such entry`,
    { at: raw.rangeAt ?? raw.at, hint: didYouMean(raw.range, ranges.keys()) },
  )
}
