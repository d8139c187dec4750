import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DiagnosticErrors } from '@apkts/diagnostics'
import { goJson } from '@apkts/encoding'
import {
  type CompileOptions,
  compiledJson,
  compileRecipe,
  type LoadOptions,
  parseRecipe,
  type Recipe,
  type RecipeSources,
} from '../../src/index.ts'

/** A package section with the least that a recipe needs. */
export const P = 'package: {name: a, version: "1", epoch: 0}\n'

export interface CompileInput extends Omit<LoadOptions, 'envFiles' | 'varsFile'>, Partial<CompileOptions> {
  readonly vars?: string
  readonly env?: readonly string[]
}

export function load(text: string, input: CompileInput = {}): Recipe {
  const sources: RecipeSources = {
    recipe: { file: 'recipe.yaml', text },
    envFiles: (input.env ?? []).map((env, at) => ({ file: `env${at}`, text: env })),
    ...(input.vars !== undefined && { varsFile: { file: 'vars.yaml', text: input.vars } }),
  }
  return parseRecipe(sources, { commit: 'abc', ...input })
}

// biome-ignore lint/suspicious/noExplicitAny: the printed recipe is looked at by path
export type Printed = any

/** The compiled recipe as printed, parsed again. */
export function compile(text: string, input: CompileInput = {}): Printed {
  return JSON.parse(goJson(compiledJson(compileRecipe(load(text, input), { arch: 'x86_64', ...input }))))
}

/** Codes and messages of everything that is wrong. */
export function problemsOf(work: () => unknown): { code: string; message: string; line: number | undefined }[] {
  try {
    work()
  } catch (error) {
    const problems = error instanceof DiagnosticErrors ? error.problems : [error as DiagnosticErrors]
    return problems.map(({ code, message, at }) => ({ code, message, line: at?.line }))
  }
  return []
}

/** A folder of pipeline definitions by name. */
export function pipelineFolder(definitions: Readonly<Record<string, string>>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'pipelines-'))
  for (const [name, text] of Object.entries(definitions)) {
    const file = join(path, `${name}.yaml`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return { path, remove: () => rmSync(path, { recursive: true }) }
}
