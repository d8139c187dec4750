import { parseArgs } from 'node:util'
import { parseGoDuration } from '@apkts/encoding'
import { didYouMean } from '../suggest.ts'
import { splitCsv } from './csv.ts'
import { UsageError } from './error.ts'
import type { OptionSpec, OptionValues } from './spec.ts'

/** A command line taken apart. */
export interface ParsedArguments {
  readonly args: readonly string[]
  readonly options: OptionValues
}

/**
 * Reads flags and arguments in any order: `--name value`, `--name=value`, `-n value`, `-nvalue`, `--flag=false`;
 * `--` ends the flags. Throws `UsageError` for an unknown flag or a value of the wrong kind.
 */
export function parseOptions(argv: readonly string[], specs: readonly OptionSpec[]): ParsedArguments {
  const raw = new Map<string, string[]>()
  const args: string[] = []
  for (const token of tokenize(argv, specs)) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const spec = specs.find((candidate) => candidate.name === token.name)
    if (spec === undefined) throw unknownFlag(token.rawName, specs)
    const values = raw.get(spec.name) ?? []
    raw.set(spec.name, values)
    values.push(checkedValue(spec, token.value))
  }
  return { args, options: optionValues(specs, raw) }
}

function tokenize(argv: readonly string[], specs: readonly OptionSpec[]) {
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.type === 'bool' ? ('boolean' as const) : ('string' as const),
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  )
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

function unknownFlag(rawName: string, specs: readonly OptionSpec[]): UsageError {
  const known = specs.filter((spec) => !spec.hidden).map((spec) => `--${spec.name}`)
  return new UsageError('UNKNOWN_FLAG', `unknown flag: ${rawName}`, { hint: didYouMean(rawName, known) })
}

function checkedValue(spec: OptionSpec, value: string | undefined): string {
  if (spec.type === 'bool') return booleanText(spec, value ?? 'true')
  if (value === undefined) throw new UsageError('FLAG_VALUE', `--${spec.name} needs a value`)
  if (spec.type === 'int' && parseWhole(value) === undefined) {
    throw new UsageError('FLAG_VALUE', `--${spec.name} wants a whole number, found ${JSON.stringify(value)}`)
  }
  if (spec.type === 'duration' && parseGoDuration(value) === undefined) {
    throw new UsageError(
      'FLAG_VALUE',
      `--${spec.name} wants a duration such as 90s or 1h30m, found ${JSON.stringify(value)}`,
    )
  }
  return value
}

const WHOLE = /^([+-]?)(?:0x([\da-f_]+)|0b([01_]+)|0o?([0-7_]+)|(0|[1-9][\d_]*))$/i

/** A number as Go writes it: decimal, 0x…, 0b…, 0o… or, with a leading zero, octal; `_` between digits. */
function parseWhole(text: string): number | undefined {
  const [match, sign, hex, binary, octal, decimal] = WHOLE.exec(text) ?? []
  if (match === undefined || /__|_$/.test(match)) return undefined
  const digits = [[hex, 16] as const, [binary, 2] as const, [octal, 8] as const, [decimal, 10] as const]
  const [found = '', base] = digits.find(([part]) => part !== undefined)!
  const value = Number.parseInt(found.replaceAll('_', ''), base)
  return sign === '-' ? -value : value
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

function booleanText(spec: OptionSpec, value: string): string {
  if (TRUE.has(value)) return 'true'
  if (FALSE.has(value)) return 'false'
  throw new UsageError('FLAG_VALUE', `--${spec.name} wants true or false, found ${JSON.stringify(value)}`)
}

function optionValues(specs: readonly OptionSpec[], raw: ReadonlyMap<string, readonly string[]>): OptionValues {
  const last = (name: string): string => {
    const spec = specs.find((candidate) => candidate.name === name)
    if (spec === undefined) throw new Error(`the command does not declare --${name}`)
    return raw.get(name)?.at(-1) ?? spec.default ?? ''
  }
  return {
    flag: (name) => last(name) === 'true',
    string: last,
    list: (name) => {
      const fallback = last(name)
      return (raw.get(name) ?? [fallback]).flatMap((value) => splitCsv(value, name))
    },
    int: (name) => parseWhole(last(name) || '0') ?? 0,
    duration: (name) => parseGoDuration(last(name) || '0') ?? 0n,
    given: (name) => raw.has(name),
  }
}
