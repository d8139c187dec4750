import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { ConfigError, formatYaml } from '../../src/index.ts'
import { ROWS } from './rows.ts'
import { writtenYaml } from './written-yaml.ts'

const format = (text: string): string => formatYaml({ file: 'a.yaml', text })

describe('layout', () => {
  test.each(ROWS)('%s', (_what, text, formatted) => {
    expect(format(text)).toBe(formatted)
    expect(format(formatted)).toBe(formatted)
  })
})

test.each(['', '# only a comment\n', 'a: [\n', 'a: 1\n  b: 2\n', '{'])('%j is no YAML to format', (text) => {
  expect(() => format(text)).toThrow(ConfigError)
})

test('formatting keeps the value and the comments, and is done after one time', () => {
  fc.assert(
    fc.property(writtenYaml, (text) => {
      const before = parseDocument(text)
      fc.pre(before.errors.length === 0)
      const formatted = format(text)
      expect(parseDocument(formatted).toJS()).toEqual(before.toJS())
      expect(commentsOf(formatted)).toEqual(commentsOf(text))
      expect(format(formatted)).toBe(formatted)
    }),
    { numRuns: 1500 },
  )
})

const PIECES = 'a|:| |\n|- |? |#|>|+|2|&x |*x|!t |[|]|{|}|,|"|\'|\t|---|...|  '.split('|')

test('any text is formatted, or refused as no YAML', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES, '|'), { maxLength: 25 }), (pieces) => {
      try {
        const formatted = format(pieces.join(''))
        expect(format(formatted)).toBe(formatted)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
      }
    }),
    { numRuns: 3000 },
  )
})

function commentsOf(text: string): string[] {
  return [...text.matchAll(/^ *#.*$/gm)].map(([line]) => line.trim())
}

const corpus = process.env.CONFORMANCE_DATA ? join(process.env.CONFORMANCE_DATA, 'wolfi-corpus/recipes') : ''

describe.skipIf(corpus === '')(`real recipes${corpus === '' ? ' (skipped: conformance data not present)' : ''}`, () => {
  test('keep value and comments, indented by four as well; most are in this layout already', () => {
    let changed = 0
    for (const name of readdirSync(corpus)) {
      const text = readFileSync(join(corpus, name), 'utf8')
      const formatted = format(text)
      if (formatted !== text) changed += 1
      expect({ name, text: format(formatted) }).toEqual({ name, text: formatted })
      expect({ name, value: parseDocument(formatted).toJS() }).toEqual({ name, value: parseDocument(text).toJS() })
    }
    expect(changed).toBeLessThan(10)
  }, 120_000)
})
