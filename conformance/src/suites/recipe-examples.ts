import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DiagnosticError, DiagnosticErrors, formatLocation } from '@apkts/diagnostics'
import { goJson } from '@apkts/encoding'
import { compiledJson, compileRecipe, parseRecipe, stepCommand } from 'melange-ts'
import { COMMANDS, type CommandExample, FILES } from '../recipes/examples/commands.ts'
import { COMPILING } from '../recipes/examples/compiling.ts'
import type { Example } from '../recipes/examples/example.ts'
import { LOADING } from '../recipes/examples/loading.ts'
import { VALIDATION } from '../recipes/examples/validation.ts'
import { firstDifference, type Json } from '../recipes/json-difference.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** The worked examples of the recipe language and its commands, each run with the original. */
export const recipeExamples: Suite = { name: 'recipe-examples', quick: true, run }

async function* run(context: SuiteContext): AsyncIterable<CaseResult> {
  const wanted = ({ name }: { name: string }): boolean => name.includes(context.filter ?? '')
  for (const example of [...LOADING, ...VALIDATION, ...COMPILING].filter(wanted)) {
    yield result(example.name, await compare(example, context))
  }
  const cwd = await context.temp()
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(cwd, name), text)
  for (const example of COMMANDS.filter(wanted)) yield result(example.name, await runCommand(example, cwd, context))
  if (wanted({ name: 'E29' })) yield result('E29', await bump(cwd, context))
  if (wanted({ name: 'E31' })) yield result('E31', wrapper())
}

function result(name: string, detail: string | undefined): CaseResult {
  return detail === undefined ? { name, ok: true } : { name, ok: false, detail }
}

async function compare(example: Example, { temp }: SuiteContext): Promise<string | undefined> {
  const pipelines = await temp()
  for (const [name, text] of Object.entries(example.definitions ?? {})) {
    await mkdir(dirname(join(pipelines, name)), { recursive: true })
    await writeFile(join(pipelines, `${name}.yaml`), text)
  }
  try {
    return differenceOf(example, print(example, pipelines))
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error
    return failureOf(example, error)
  }
}

function print(
  { recipe, arch = 'x86_64', buildOptions = [], varsFile, envFiles = [] }: Example,
  pipelines: string,
): Json {
  const sources = {
    recipe: { file: 'recipe.yaml', text: recipe },
    envFiles: envFiles.map((text, at) => ({ file: `e${at + 1}`, text })),
    ...(varsFile !== undefined && { varsFile: { file: 'vars.yaml', text: varsFile } }),
  }
  const loaded = parseRecipe(sources, { commit: 'abc', buildOptions })
  return JSON.parse(
    goJson(compiledJson(compileRecipe(loaded, { arch, buildOptions, pipelineDirs: [pipelines] }))),
  ) as Json
}

function differenceOf({ prints, fails }: Example, printed: Json): string | undefined {
  if (fails !== undefined) return `expected an error that mentions ${fails.join(', ')}`
  for (const [path, wanted] of Object.entries(prints ?? {})) {
    const found = valueAt(printed, path)
    if (wanted === undefined && found === undefined) continue
    if (wanted === undefined || found === undefined)
      return `${path}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`
    const difference = firstDifference(wanted, found, path)
    if (difference !== undefined) return difference
  }
  return undefined
}

function valueAt(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value
  for (const key of path.split('/').slice(1)) found = (found as { [key: string]: Json } | undefined)?.[key]
  return found
}

function failureOf({ fails }: Example, error: DiagnosticError): string | undefined {
  const problems = error instanceof DiagnosticErrors ? error.problems : [error]
  const lines = problems.map(({ at, message }) => `${at === undefined ? '' : formatLocation(at)}: ${message}`)
  if (fails === undefined) return lines.join('\n')
  if (lines.length !== fails.length) return `expected ${fails.length} errors, found ${lines.join('; ')}`
  const missing = fails.find((words, at) => !words.test(lines[at]!))
  return missing === undefined ? undefined : `expected an error that mentions ${missing}, found ${lines.join('; ')}`
}

async function runCommand(
  { args, env = {}, exit, prints, mentions }: CommandExample,
  cwd: string,
  { command }: SuiteContext,
): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await command('melange-ts', args, { cwd, env })
  if (exitCode !== exit) return `expected exit status ${exit}, found ${exitCode}: ${stderr}`
  if (prints !== undefined && stdout !== prints) return `expected ${prints}, found ${stdout}`
  return mentions === undefined || stderr.includes(mentions) ? undefined : `expected ${mentions} in ${stderr}`
}

async function bump(cwd: string, { command }: SuiteContext): Promise<string | undefined> {
  const before = (await readFile(join(cwd, '7zip.yaml'), 'utf8')).split('\n')
  const { exitCode, stderr } = await command('melange-ts', ['bump', '7zip.yaml', '99.9.9'], { cwd })
  if (exitCode !== 0) return stderr
  const changed = (await readFile(join(cwd, '7zip.yaml'), 'utf8')).split('\n').filter((line, at) => line !== before[at])
  const wanted = ['  version: "99.9.9"', '  epoch: 0 # go/wolfi-rsc/7zip']
  return firstDifference(wanted, changed)
}

function wrapper(): string | undefined {
  const lines = ['set -exo pipefail', '[ -d /bar ] || mkdir -p /bar', 'cd /bar', 'baz', 'exit 0']
  return firstDifference(['/bin/sh', '-c', lines.join('\n')], stepCommand('baz', '/bar', { trace: true }))
}
