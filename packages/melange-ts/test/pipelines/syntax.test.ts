import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { createPipelineLibrary } from '../../src/compile/pipelines.ts'
import type { CompiledStep } from '../../src/compile/types.ts'
import { builtinPipelineNames } from './names.ts'
import { compileUse } from './run-row.ts'

const library = createPipelineLibrary([])
const names = builtinPipelineNames()
const isThere = (program: string, flag: string) => spawnSync(program, [flag]).error === undefined

/** The scripts as they stand in the definition, each `${{variable}}` replaced by a shell variable of the same name. */
function writtenScripts(name: string): string[] {
  const scripts = library(name, undefined).step.pipeline.map(({ runs }) => runs)
  return scripts
    .filter((script) => script !== '')
    .map((script) =>
      script.replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (_, variable: string) => `\${X_${variable.replace(/\W/g, '_')}}`),
    )
}

/** The scripts that a guest gets. */
function compiledScripts(name: string): string[] {
  const { inputs } = library(name, undefined).step
  const required = Object.entries(inputs).flatMap(([input, { required }]) => (required ? [[input, 'value']] : []))
  const scriptsOf = (step: CompiledStep): string[] => [step.runs, ...step.pipeline.flatMap(scriptsOf)]
  return compileUse({ uses: name, with: Object.fromEntries(required) })
    .flatMap(scriptsOf)
    .filter((script) => script !== '')
}

interface Comment {
  readonly line: number
  readonly endLine: number
  readonly column: number
  readonly endColumn: number
  readonly code: number
  readonly message: string
}

/** Said of values of inputs: unset, unquoted, in single quotes. Whether they are quoted is part of what a pipeline does. */
const OF_VALUES = new Set([2016, 2086, 2154])

/** What shellcheck has to say about a script for any POSIX shell, but for values of inputs. */
function complaints(script: string): string[] {
  const lines = `#!/bin/sh\nset -e\n${script}`.split('\n')
  const { stdout } = spawnSync('shellcheck', ['--shell=sh', '--format=json', '-'], {
    input: lines.join('\n'),
    encoding: 'utf8',
  })
  return (JSON.parse(stdout) as Comment[])
    .filter(({ code, line, column, endColumn }) => {
      return !(OF_VALUES.has(code) && lines[line - 1]?.slice(column - 1, endColumn - 1).includes('${X_'))
    })
    .map(({ line, code, message }) => `SC${code} ${message}: ${lines[line - 1]?.trim()}`)
}

const hasShellcheck = isThere('shellcheck', '--version')

describe.skipIf(!hasShellcheck)('built-in pipelines are clean under shellcheck (skipped: not installed)', () => {
  test.each(names)('%s', (name) => {
    expect(writtenScripts(name).flatMap(complaints)).toEqual([])
  })

  test('which would say something', () => {
    expect(complaints('cd $dir; [[ -f x ]]').join()).toMatch(/SC2154.*SC3010/)
  })
})

describe.each([
  ['dash', ['-n']],
  ['busybox', ['sh', '-n']],
  ['bash', ['-n']],
  ['bash', ['--posix', '-n']],
])('%s reads every compiled script', (shell, flags) => {
  test.skipIf(!isThere(shell, '-c'))(`${flags.join(' ')} (skipped: not installed)`, () => {
    for (const name of names) {
      for (const script of compiledScripts(name)) {
        const { status, stderr } = spawnSync(shell, flags, { input: script, encoding: 'utf8' })
        expect([name, status, stderr]).toEqual([name, 0, ''])
      }
    }
  })

  test.skipIf(!isThere(shell, '-c'))(`${flags.join(' ')} would find a mistake (skipped: not installed)`, () => {
    expect(spawnSync(shell, flags, { input: 'if x; then\n' }).status).not.toBe(0)
  })
})
