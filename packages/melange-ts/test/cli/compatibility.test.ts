import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GLOBAL_OPTIONS, type OptionSpec } from '@apkts/diagnostics/cli'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/index.ts'

const DATA = process.env.CONFORMANCE_DATA ?? join(import.meta.dirname, '../../../../../shared/data')
const FILE = join(DATA, 'melange-cli.json')
const hasData = existsSync(FILE)
const DOCS = join(import.meta.dirname, '../../../../docs')
const COMPATIBILITY = readFileSync(join(DOCS, 'compatibility.md'), 'utf8')
const DOCUMENTATION = readdirSync(DOCS)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(DOCS, name), 'utf8'))
  .join('\n')

interface Flag {
  readonly type: string
  readonly default: string | boolean | number | readonly string[]
  readonly shorthand?: string
  readonly persistent?: boolean
}

interface Command {
  readonly minArgs: number
  readonly maxArgs: number | null
  readonly flags: Readonly<Record<string, Flag>>
}

type Commands = Readonly<Record<string, Command>>

/** What differs on purpose, with the words under which the documentation has it. */
const DOCUMENTED: ReadonlyMap<string, string> = new Map([
  ['no command initramfs', '`initramfs`'],
  ['rebuild: 1 arguments at least instead of 0', '`rebuild` without a package'],
  ['index --source: default "" instead of "APKINDEX.tar.gz"', '`index --merge` without `--source`'],
  ...['index', 'sign', 'sign-index'].map(
    (name) => [`${name} --signing-key: type list instead of string`, '`--signing-key` of `index`, `sign`'] as const,
  ),
])

const skipped = hasData ? '' : ' (skipped: conformance data not present)'

describe.skipIf(!hasData)(`commands, flags, short forms and defaults are those of melange${skipped}`, () => {
  const original = hasData ? (JSON.parse(readFileSync(FILE, 'utf8')).commands as Commands) : {}

  test('but for what the documentation names', () => {
    const differences = Object.entries(original).flatMap(([path, command]) =>
      commandDifferences(path.replace(/^melange ?/, ''), command, inherited(path, original)),
    )
    expect(differences.sort()).toEqual([...DOCUMENTED.keys()].sort())
  })

  test('and additions that the documentation has', () => {
    const missing = commands
      .filter(({ hidden }) => !hidden)
      .flatMap(({ name, options }) => additions(name, options, original))
      .filter((words) => !DOCUMENTATION.includes(words))
    expect(missing).toEqual([])
  })
})

test('the documentation names every difference', () => {
  for (const words of DOCUMENTED.values()) expect(COMPATIBILITY).toContain(words)
})

test('no letter stands for two flags of a command', () => {
  for (const { name, options } of commands) {
    const letters = [...options, ...GLOBAL_OPTIONS].flatMap(({ short }) => short ?? [])
    const twice = letters.filter((letter, at) => letters.indexOf(letter) !== at)
    expect({ name, twice }).toEqual({ name, twice: [] })
  }
})

test('every visible command has a summary and two examples that name it', () => {
  for (const { name, summary, examples, hidden } of commands) {
    if (hidden) continue
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect({ name, enough: examples.length >= 2 }).toEqual({ name, enough: true })
    expect(examples[0]).toContain('melange-ts')
  }
})

/** Words that the documentation must have for what the original does not. */
function additions(name: string, options: readonly OptionSpec[], original: Commands): string[] {
  const path = `melange ${name.replace(/^completion .*/, 'completion')}`
  if (original[path] === undefined) return [`\`${name}\``]
  // What runs steps may have every flag of build.
  const theirs = { ...original['melange build']?.flags, ...inherited(path, original), ...original[path]?.flags }
  const added = options.filter((option) => !option.hidden && theirs[option.name] === undefined)
  return added.map((option) => `--${option.name}`)
}

/** Flags that the groups around a command hand down. */
function inherited(path: string, original: Commands): Record<string, Flag> {
  const words = path.split(' ')
  const groups = words.slice(0, -1).map((_, at) => original[words.slice(0, at + 1).join(' ')])
  return Object.fromEntries(
    groups.flatMap((group) => Object.entries(group?.flags ?? {}).filter(([, flag]) => flag.persistent)),
  )
}

function commandDifferences(name: string, command: Command, handedDown: Record<string, Flag>): string[] {
  const isGroup = commands.some((ours) => ours.name.startsWith(`${name} `))
  // These are part of the frame of a command line, which has tests of its own.
  if (name === '' || name === 'help' || isGroup) return []
  const ours = commands.find((candidate) => candidate.name === name)
  if (ours === undefined) return [`no command ${name}`]
  const flags = Object.entries({ ...handedDown, ...command.flags })
  return [
    ...countDifferences(name, command, ours.args),
    ...flags.flatMap(([flag, facts]) => flagDifferences(name, flag, facts, [...ours.options, ...GLOBAL_OPTIONS])),
  ]
}

function countDifferences(name: string, { minArgs, maxArgs }: Command, ours: { min: number; max: number }): string[] {
  const max = maxArgs ?? Number.POSITIVE_INFINITY
  return [
    ...(ours.min === minArgs ? [] : [`${name}: ${ours.min} arguments at least instead of ${minArgs}`]),
    ...(ours.max === max ? [] : [`${name}: ${ours.max} arguments at most instead of ${max}`]),
  ]
}

function flagDifferences(name: string, flag: string, facts: Flag, options: readonly OptionSpec[]): string[] {
  const ours = options.find((option) => option.name === flag)
  if (ours === undefined) return [`${name}: no --${flag}`]
  const type = facts.type === 'strings' ? 'list' : facts.type
  const wanted = defaultText(facts.default)
  const found = ours.default === 'false' ? '' : (ours.default ?? '')
  // The record has the words "empty means x86_64" for this one.
  const described = name === 'scan' && flag === 'arch'
  return [
    ...(ours.type === type ? [] : [`${name} --${flag}: type ${ours.type} instead of ${type}`]),
    ...(found === wanted || described ? [] : [`${name} --${flag}: default "${found}" instead of "${wanted}"`]),
    ...(ours.short === facts.shorthand ? [] : [`${name} --${flag}: short ${ours.short} instead of ${facts.shorthand}`]),
  ]
}

function defaultText(value: Flag['default']): string {
  if (typeof value === 'object') return value.join(',')
  return value === false ? '' : String(value)
}
