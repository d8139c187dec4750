import { DiagnosticError, DiagnosticErrors } from '@apkts/diagnostics'
import { afterAll, describe, expect, test } from 'vitest'
import { DEFINITIONS, THEMES } from './bad-recipes/index.ts'
import { compile, pipelineFolder } from './helpers.ts'

/** Longer messages would carry a whole hostile file to the terminal. */
const MAX_MESSAGE = 20_000

const folder = pipelineFolder(DEFINITIONS)
afterAll(folder.remove)

function firstProblem(recipe: string): DiagnosticError<string> {
  try {
    compile(recipe, { pipelineDirs: [folder.path] })
  } catch (error) {
    if (error instanceof DiagnosticErrors) return error.problems[0] as DiagnosticError<string>
    if (error instanceof DiagnosticError) return error as DiagnosticError<string>
    throw error
  }
  throw new Error('the recipe compiles')
}

describe.each(Object.entries(THEMES))('bad recipes: %s', (_theme, rows) => {
  test.each(rows)('%s', (_title, recipe, code, line, word) => {
    const problem = firstProblem(recipe)
    expect({ code: problem.code, line: problem.at?.line }).toEqual({ code, line: line ?? problem.at?.line })
    expect(problem.message).toContain(word)
    expect(problem.message.length).toBeLessThan(MAX_MESSAGE)
  })
})
