import { DiagnosticError, DiagnosticErrors } from '@apkts/diagnostics'
import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeYaml, type Type, y } from '../../src/index.ts'

const part = y.struct('a part', { name: y.string, at: y.place, script: y.string, scriptAt: y.placeOf('script') })
const type = y.struct('the sample', {
  text: y.string,
  epoch: y.uint64,
  permissions: y.uint32,
  budget: y.int,
  enabled: y.bool,
  timeout: y.duration,
  list: y.listOf(y.string),
  vars: y.mapOf(y.string),
  parts: y.listOf(part),
  swEdition: y.key('sw_edition', y.string),
  optional: y.optional(part),
})

function decode(text: string) {
  return decodeYaml({ file: 'sample.yaml', text }, type).value
}

function problems(text: string): readonly DiagnosticError[] {
  try {
    decode(text)
  } catch (error) {
    if (error instanceof DiagnosticErrors) return error.problems
    if (error instanceof DiagnosticError) return [error]
    throw error
  }
  return []
}

describe('scalars', () => {
  test.each([
    ['1.10', '1.10'],
    ['0x10', '0x10'],
    ['1e3', '1e3'],
    ['true', 'true'],
    ['2024-01-02', '2024-01-02'],
    ['~', ''],
    ['null', ''],
    ['', ''],
    ["'null'", 'null'],
    ['!!binary aGk=', 'hi'],
    ['!custom 5', '5'],
  ])('a string keeps the text of %j', (text, expected) => {
    expect(decode(`text: ${text}`).text).toBe(expected)
  })

  test.each([
    ['10', 10n],
    ['0x10', 16n],
    ['0o17', 15n],
    ['0b11', 3n],
    ['010', 8n],
    ['1_0', 10n],
    ['+7', 7n],
    ['1.7', 1n],
    ['1e2', 100n],
    ['08', 8n],
    ['null', 0n],
    ['18446744073709551615', 18446744073709551615n],
  ])('an unsigned integer reads %s', (text, expected) => {
    expect(decode(`epoch: ${text}`).epoch).toBe(expected)
  })

  test.each(['"3"', '-1', '18446744073709551616', '.inf', '.nan', 'x', 'true', '2020-01-01', '[1]'])(
    'an unsigned integer refuses %s',
    (text) => {
      expect(problems(`epoch: ${text}`).map(({ code }) => code)).toEqual(['WRONG_TYPE'])
    },
  )

  test.each([
    ['0o755', 493],
    ['0755', 493],
    ['5.7', 5],
    ['0644.0', 644],
    ['4294967295', 4294967295],
  ])('a 32-bit integer reads %s', (text, expected) => {
    expect(decode(`permissions: ${text}`).permissions).toBe(expected)
  })

  test.each(['4294967296', "'0644'", '-1'])('a 32-bit integer refuses %s', (text) => {
    expect(problems(`permissions: ${text}`)).toHaveLength(1)
  })

  test.each([
    ['true', true],
    ['FALSE', false],
    ['yes', true],
    ['"Yes"', true],
    ['off', false],
    ['N', false],
    ['~', false],
  ])('a bool reads %s', (text, expected) => {
    expect(decode(`enabled: ${text}`).enabled).toBe(expected)
  })

  test.each(['"true"', '1', '0', 'yEs'])('a bool refuses %s', (text) => {
    expect(problems(`enabled: ${text}`)).toHaveLength(1)
  })

  test('a duration is nanoseconds and needs a unit', () => {
    expect(decode('timeout: 1h30m').timeout).toBe(5_400_000_000_000n)
    expect(problems('timeout: 3600')).toHaveLength(1)
    expect(problems('timeout: 0')).toHaveLength(1)
  })

  test('a signed integer may be negative', () => {
    expect(decode('budget: -3').budget).toBe(-3)
  })
})

describe('collections', () => {
  test('null elements of a list vanish', () => {
    expect(decode("list: [1, 1.0, null, true, ~, '']").list).toEqual(['1', '1.0', 'true', ''])
  })

  test('a lone scalar is no list', () => {
    expect(problems('list: x')[0]?.message).toBe('list: expected a list, found x')
  })

  test('null values of a map become empty, null keys vanish, other keys keep their text', () => {
    const { vars } = decode('vars: {a: 1, c: null, d: 1.50, 5: x, true: y, null: q}')
    expect(vars).toEqual({ a: '1', c: '', d: '1.50', '5': 'x', true: 'y' })
  })

  test('a key named __proto__ is an ordinary key', () => {
    const { vars } = decode('vars: {__proto__: evil}')
    expect(Object.entries(vars)).toEqual([['__proto__', 'evil']])
    expect(Object.getPrototypeOf(vars)).toBe(Object.prototype)
  })

  test('merge keys: explicit keys win, then the earlier map', () => {
    expect(decode('vars: {b: 3, <<: [{a: 1, b: 2}, {a: 9, c: 4}]}').vars).toEqual({ a: '1', b: '3', c: '4' })
  })

  test('aliases repeat what their anchor holds', () => {
    expect(decode('vars: &v {a: x}\nparts: [{name: &n p}, {name: *n}]').parts.map(({ name }) => name)).toEqual([
      'p',
      'p',
    ])
  })

  test('an optional section is absent when it is null', () => {
    expect(decode('optional:').optional).toBeUndefined()
    expect(decode('optional: {}').optional?.name).toBe('')
  })
})

describe('documents', () => {
  test('only the first one is read', () => {
    expect(decode('text: a\n---\n}{ not yaml').text).toBe('a')
  })

  test('a byte-order mark and CRLF are accepted', () => {
    expect(decode('\ufefftext: a\r\nlist: [b]\r\n').list).toEqual(['b'])
  })

  test.each(['', '# only a comment\n', ' \n'])('%j is empty', (text) => {
    expect(problems(text).map(({ code }) => code)).toEqual(['YAML_EMPTY'])
  })

  test('a null document is a zero value', () => {
    expect(decode('null').list).toEqual([])
  })

  test.each([
    ['text: a\n\tlist: [b]', 'YAML_SYNTAX'],
    ['text: [', 'YAML_SYNTAX'],
    ['text: a\n}', 'YAML_SYNTAX'],
    ['text: *nowhere', 'YAML_SYNTAX'],
    ['vars: &v {a: *v}', 'YAML_ALIAS_CYCLE'],
    ['vars: {<<: 5}', 'BAD_MERGE'],
    ['[1, 2]', 'WRONG_TYPE'],
  ])('%j is refused as %s', (text, code) => {
    expect(problems(text).map((problem) => problem.code)).toEqual([code])
  })

  test('too deep nesting is refused', () => {
    const text = `text: ${'['.repeat(500)}${']'.repeat(500)}`
    expect(problems(text).map(({ code }) => code)).toEqual(['YAML_TOO_DEEP'])
  })

  test('a document that grows by its aliases is refused', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array(10).fill(below).join(', ')}]`
    })
    const nested: Type<unknown> = y.listOf(y.lazy(() => nested))
    const bomb = y.struct('bomb', Object.fromEntries(levels.map((_, level) => [`l${level}`, nested])))
    expect(() => decodeYaml({ file: 'bomb.yaml', text: levels.join('\n') }, bomb)).toThrow(/aliases|expected/)
  })
})

describe('problems', () => {
  test('all of one file are reported together, each at its line', () => {
    const found = problems('text: [1]\nlist: {a: 1}\nepoch: x\nbogus: 1\n')
    expect(found.map(({ at }) => at?.line)).toEqual([1, 2, 3, 4])
  })

  test('an unknown key names its section and the nearest known key', () => {
    const [problem] = problems('enabeld: true')
    expect(problem).toMatchObject({
      message: 'unknown key "enabeld" in the sample',
      hint: 'did you mean "enabled"?',
      at: { file: 'sample.yaml', line: 1, column: 1 },
    })
  })

  test('a duplicate names both lines', () => {
    const [problem] = problems('text: a\nlist: []\n"text": b\n')
    expect(problem).toMatchObject({ code: 'DUPLICATE_KEY', at: { line: 3 } })
    expect(problem?.message).toContain('line 1')
  })

  test('unknown keys can be tolerated, duplicates cannot', () => {
    const source = (text: string) => ({ file: 'sample.yaml', text })
    expect(decodeYaml(source('x: 1\ntext: a'), type, { lenientKeys: true }).value.text).toBe('a')
    expect(() => decodeYaml(source('text: 1\ntext: a'), type, { lenientKeys: true })).toThrow('already defined')
  })

  test('random text decodes or is refused with a diagnosis', () => {
    assert(
      property(string({ unit: 'binary' }), string(), (text, tail) => {
        problems(text)
        problems(`text: ${text}\nvars:\n  ${tail}`)
      }),
    )
  })
})

describe('places', () => {
  const decoded = decodeYaml(
    { file: 's.yaml', text: 'list:\n  - ~\n  - a\nparts:\n  - name: p\n    script: |\n      echo\n' },
    type,
  )

  test('a path leads to its place, dropped elements not counted', () => {
    expect(decoded.locate(['list', 0])).toMatchObject({ line: 3, column: 5 })
    expect(decoded.locate(['parts', 0, 'name'])).toMatchObject({ line: 5 })
  })

  test('a path to nothing leads to its nearest part', () => {
    expect(decoded.locate(['parts', 0, 'absent'])).toMatchObject({ line: 5 })
  })

  test('structs can carry their place and that of a text', () => {
    expect(decoded.value.parts[0]?.at).toEqual({ file: 's.yaml', line: 5, column: 5 })
    expect(decoded.value.parts[0]?.scriptAt).toEqual({ file: 's.yaml', line: 7 })
  })
})
