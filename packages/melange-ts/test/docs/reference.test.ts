import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { GLOBAL_OPTIONS, type ProgramSpec, parseOptions } from '@apkts/diagnostics/cli'
import { describe, expect, test } from 'vitest'
import { program as apko } from '../../../apko-ts/src/cli/program.ts'
import { program as melange } from '../../src/cli/program.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')

test('docs/reference is what `npm run reference` writes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'reference-'))
  try {
    execFileSync(process.execPath, [join(ROOT, 'scripts/reference.mjs'), directory])
    expect(pagesIn(join(ROOT, 'docs/reference'))).toEqual(pagesIn(directory))
  } finally {
    rmSync(directory, { recursive: true })
  }
})

function pagesIn(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]))
}

describe.each([apko, melange])('examples in the help of $name', (program) => {
  const examples = [
    ...program.examples,
    ...program.commands.filter(({ hidden }) => !hidden).flatMap((command) => command.examples),
  ]
  test.each(examples.filter((line) => line !== program.name))('%s', (line) => {
    const calls = callsIn(line, program.name)
    expect(calls).not.toEqual([])
    for (const words of calls) expect(refusal(program, words)).toBeUndefined()
  })
})

/** The words behind the name of the program, of each call in a line of shell. */
function callsIn(line: string, name: string): string[][] {
  return line
    .split(/\s(?:\||&&|;)\s|[<$]\(|\)/)
    .map((part) => part.trim().split(/\s+[<>]\s/)[0]!)
    .map((part) => [...part.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''))
    .filter(([first]) => first === name)
    .map(([, ...words]) => words)
}

/** What the program has against a command line. */
function refusal({ commands }: ProgramSpec, words: readonly string[]): string | undefined {
  const command = commands.find(({ name }) => [words.slice(0, 2).join(' '), words[0]].includes(name))
  if (command === undefined) return `no such command: ${words.join(' ')}`
  const rest = words.slice(command.name.split(' ').length)
  const { args } = parseOptions(rest, [...command.options, ...GLOBAL_OPTIONS])
  const { min, max } = command.args
  return args.length < min || args.length > max ? `${args.length} arguments` : undefined
}

describe('environment variables', () => {
  const sources = readdirSync(join(ROOT, 'packages'))
    .flatMap((name) => filesBelow(join(ROOT, 'packages', name, 'src')))
    .filter((file) => !/cli\/(environment|program)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const listed = new Set([apko, melange].flatMap(({ environment }) => environment.flatMap(namesOf)))
  const ours = /^APKTS_/

  test('that the sources read are in the help', () => {
    const read = [...sources.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)].map(([, name = '']) => name)
    expect(read.length).toBeGreaterThan(10)
    expect(read.filter((name) => !listed.has(name) && !ours.test(name))).toEqual([])
  })

  test('in the help are read by the sources, or by Node for them', () => {
    const byNode = ['TMPDIR']
    expect([...listed].filter((name) => !byNode.includes(name) && !sourcesRead(name))).toEqual([])
  })

  function sourcesRead(name: string): boolean {
    return [`env.${name}`, `'${name}'`, ` ${name}:`].some((text) => sources.includes(text))
  }
})

function namesOf({ names }: { readonly names: string }): string[] {
  return names.split(', ')
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(directory, name))
}
