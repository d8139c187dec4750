import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { recipeSchema } from '../../src/recipe/json-schema.ts'
import { THEMES } from './bad-recipes/index.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const CORPUS = join(process.env.CONFORMANCE_DATA ?? join(ROOT, '../shared/data'), 'wolfi-corpus/recipes')
const hasData = existsSync(CORPUS)

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(recipeSchema()))

/** What an editor sees: the first document as YAML 1.2 with merge keys. */
function problemsOf(text: string): string[] {
  const [first] = parseAllDocuments(text, { merge: true, uniqueKeys: false })
  if (first === undefined || !('toJS' in first) || first.errors.length > 0) return ['no document']
  if (validate(first.toJS())) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const skipped = hasData ? '' : ' (skipped: conformance data not present)'

describe.skipIf(!hasData)(`real recipes${skipped}`, () => {
  test('satisfy the schema', () => {
    const refused = readdirSync(CORPUS)
      .map((name) => ({ name, problems: problemsOf(readFileSync(join(CORPUS, name), 'utf8')) }))
      .filter(({ problems }) => problems.length > 0)
    expect(refused).toEqual([])
  }, 60_000)
})

// Which keys are there twice only a reader of the text sees, and doubles cannot tell 2^64 from a smaller number.
const isBeyond = (title: string, code: string): boolean =>
  code === 'DUPLICATE_KEY' || title === 'epoch 18446744073709551616'

describe('the schema refuses what decoding refuses', () => {
  const rows = [...THEMES.types!, ...THEMES.keys!].filter(([title, , code]) => !isBeyond(title, code))
  test.each(rows)('%s', (_title, text) => {
    expect(problemsOf(text)).not.toEqual([])
  })
})

test('every key has a description', () => {
  const { $defs } = JSON.parse(recipeSchema()) as { $defs: Record<string, { properties: Record<string, object> }> }
  const bare = Object.entries($defs).flatMap(([name, { properties }]) =>
    Object.entries(properties).flatMap(([key, schema]) => ('description' in schema ? [] : [`${name}: ${key}`])),
  )
  expect(bare).toEqual([])
})

// When this fails: npm run build, then node packages/melange-ts/bin/melange-ts.js schema -o packages/melange-ts/schema/recipe.schema.json
test('the schema that is shipped is the one the command prints', () => {
  expect(readFileSync(join(ROOT, 'packages/melange-ts/schema/recipe.schema.json'), 'utf8')).toBe(recipeSchema())
})

const EXAMPLES = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.yaml$/.test(name))
  .filter((name) => /^package:/m.test(readFileSync(join(ROOT, 'examples', name), 'utf8')))

test.each(EXAMPLES)('the example %s names the schema and satisfies it', (name) => {
  const text = readFileSync(join(ROOT, 'examples', name), 'utf8')
  const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? []
  const schema = JSON.parse(readFileSync(join(ROOT, 'examples', name, '..', reference), 'utf8')) as { title: string }
  expect(schema.title).toBe('package recipe')
  expect(problemsOf(text)).toEqual([])
})
