import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DiagnosticError, messageOf } from '@apkts/diagnostics'
import { goJson } from '@apkts/encoding'
import {
  type CompiledRecipe,
  type CompiledStep,
  compiledJson,
  compileRecipe,
  createPipelineLibrary,
  loadRecipe,
  type PipelineLibrary,
  RecipeError,
} from 'melange-ts'
import { firstDifference, type Json } from '../recipes/json-difference.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const ARCHS = ['x86_64', 'aarch64'] as const

interface Expected {
  readonly file: string
  readonly arch: string
  readonly skip?: boolean
  readonly result?: Json
}

/** Real recipes, compiled, against what the original made of them. The bodies of built-in pipelines are not compared. */
export const wolfiCorpus: Suite = { name: 'wolfi-corpus', quick: false, run }

async function* run({ data, filter = '' }: SuiteContext): AsyncIterable<CaseResult> {
  const root = join(data, 'wolfi-corpus')
  const library = createPipelineLibrary([join(root, 'pipelines')])
  for (const arch of ARCHS) {
    for (const expected of await readExpected(join(root, `expected-${arch}.jsonl.gz`))) {
      const name = `${arch}/${expected.file}`
      if (name.includes(filter))
        yield { name, ...(await compare(join(root, 'recipes', expected.file), expected, library)) }
    }
  }
}

async function readExpected(path: string): Promise<Expected[]> {
  const lines = gunzipSync(await readFile(path))
    .toString()
    .split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Expected)
}

async function compare(
  path: string,
  { arch, skip, result }: Expected,
  library: PipelineLibrary,
): Promise<{ ok: boolean; detail?: string }> {
  try {
    const recipe = await loadRecipe(path, { commit: COMMIT })
    const found = cutBuiltins(compileRecipe(recipe, { arch, library }))
    if (skip === true) return { ok: false, detail: 'expected the architecture to be skipped' }
    const difference = firstDifference(result ?? null, found)
    return difference === undefined ? { ok: true } : { ok: false, detail: difference }
  } catch (error) {
    if (skip === true && error instanceof RecipeError && error.code === 'SKIPPED_ARCH') return { ok: true }
    if (error instanceof DiagnosticError) return { ok: false, detail: messageOf(error) }
    throw error
  }
}

type JsonObject = { [key: string]: Json }

/** The printed recipe with the body of every built-in step replaced by its inputs and needs, as the recorded data has it. */
function cutBuiltins(compiled: CompiledRecipe): Json {
  const printed = JSON.parse(goJson(compiledJson(compiled))) as JsonObject
  cutPipeline(printed, compiled.pipeline)
  cutTest(printed, compiled.test)
  const subpackages = (printed.subpackages ?? []) as JsonObject[]
  for (const [at, subpackage] of subpackages.entries()) {
    const { pipeline, test } = compiled.subpackages[at]!
    cutPipeline(subpackage, pipeline)
    cutTest(subpackage, test)
  }
  return printed
}

function cutTest(owner: JsonObject, test: CompiledRecipe['test']): void {
  if (test !== undefined) cutPipeline(owner.test as JsonObject, test.pipeline)
}

function cutPipeline(owner: JsonObject, steps: readonly CompiledStep[]): void {
  if (!Array.isArray(owner.pipeline)) return
  owner.pipeline = (owner.pipeline as JsonObject[]).map((printed, at) => cutStep(printed, steps[at]!))
}

function cutStep(printed: JsonObject, step: CompiledStep): JsonObject {
  if (!step.builtin) {
    cutPipeline(printed, step.pipeline)
    return printed
  }
  const { pipeline: _pipeline, runs: _runs, needs: _needs, ...rest } = printed
  const needs = allNeeds(step)
  return { ...rest, builtin: true, inputs: { ...step.inputs }, ...(needs.length > 0 && { needs }) }
}

function allNeeds(step: CompiledStep): string[] {
  return [...(step.needs?.packages ?? []), ...step.pipeline.flatMap(allNeeds)]
}
