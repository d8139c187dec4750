import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GLOBAL_OPTIONS, type OptionSpec } from '@apkts/diagnostics/cli'
import { describe, expect, test } from 'vitest'
import { commands } from '../src/cli/index.ts'

const DATA = process.env.CONFORMANCE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const FILE = join(DATA, 'apko-cli.json')
const hasData = existsSync(FILE)
const COMPATIBILITY = readFileSync(join(import.meta.dirname, '../../../docs/compatibility.md'), 'utf8')

interface Flag {
  readonly name: string
  readonly short?: string
  readonly type: string
  readonly default: string | number | boolean | readonly string[]
}

interface Original {
  readonly globalFlags: readonly Flag[]
  readonly commands: Readonly<
    Record<
      string,
      { readonly args?: { readonly min: number; readonly max: number | null }; readonly flags?: readonly Flag[] }
    >
  >
}

/** What differs on purpose, with the words under which the documentation has it. */
const DOCUMENTED: ReadonlyMap<string, string> = new Map([
  ['dot: no --registry-explorer', '`dot --registry-explorer`'],
  ['build: 1 to 3 arguments instead of 3 to 3', '`build CONFIG --output FILE`'],
])

/** Defaults that the record describes in words. */
const DESCRIBED = /^<.*>$/
const TYPES: Readonly<Record<string, string>> = { stringSlice: 'list', int64: 'int', 'slog level': 'string' }

const skipped = hasData ? '' : ' (skipped: conformance data not present)'

describe.skipIf(!hasData)(`commands and flags are those of apko${skipped}`, () => {
  test('but for what the documentation names', () => {
    const original = JSON.parse(readFileSync(FILE, 'utf8')) as Original
    const differences = [
      ...original.globalFlags.flatMap((flag) => flagDifferences('every command', flag, GLOBAL_OPTIONS)),
      ...Object.entries(original.commands).flatMap(([name, command]) => commandDifferences(name, command)),
    ]
    expect(differences.sort()).toEqual([...DOCUMENTED.keys()].sort())
  })
})

test('the documentation names every difference', () => {
  for (const words of DOCUMENTED.values()) expect(COMPATIBILITY).toContain(words)
})

test('no letter stands for two flags of a command', () => {
  for (const { name, options } of commands) {
    const letters = [...options, ...GLOBAL_OPTIONS].flatMap(({ short }) => short ?? [])
    expect(letters.filter((letter, i) => letters.indexOf(letter) !== i).map((letter) => `${name} -${letter}`)).toEqual(
      [],
    )
  }
})

function commandDifferences(name: string, { args, flags = [] }: Original['commands'][string]): string[] {
  const ours = commands.find((command) => command.name === name)
  const isGroup = commands.some((command) => command.name.startsWith(`${name} `))
  // Both are part of the frame of a command line, which has tests of its own.
  if (isGroup || name === 'help') return []
  if (ours === undefined) return [`no command ${name}`]
  const counts = args === undefined ? [] : countDifferences(name, args, ours.args)
  return [...counts, ...flags.flatMap((flag) => flagDifferences(name, flag, ours.options))]
}

function countDifferences(
  name: string,
  theirs: { readonly min: number; readonly max: number | null },
  ours: { readonly min: number; readonly max: number },
): string[] {
  const max = theirs.max ?? Number.POSITIVE_INFINITY
  if (ours.min === theirs.min && ours.max === max) return []
  return [`${name}: ${ours.min} to ${ours.max} arguments instead of ${theirs.min} to ${max}`]
}

function flagDifferences(name: string, flag: Flag, options: readonly OptionSpec[]): string[] {
  const ours = options.find((option) => option.name === flag.name)
  if (ours === undefined) return [`${name}: no --${flag.name}`]
  const wanted = {
    type: TYPES[flag.type] ?? flag.type,
    short: flag.short ?? ours.short,
    default: DESCRIBED.test(String(flag.default)) ? defaultOf(ours) : String(flag.default),
  }
  const found = { type: ours.type, short: ours.short, default: defaultOf(ours) }
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`${name} --${flag.name}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`]
}

function defaultOf({ type, default: text }: OptionSpec): string {
  return text ?? (type === 'bool' ? 'false' : '')
}
