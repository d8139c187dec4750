import { type OptionSpec, parseOptions, splitCsv, UsageError } from '@apkts/diagnostics/cli'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const SPECS: readonly OptionSpec[] = [
  { name: 'arch', type: 'list', description: '' },
  { name: 'sbom-formats', type: 'list', default: 'spdx', description: '' },
  { name: 'keyring-append', short: 'k', type: 'list', description: '' },
  { name: 'vcs', type: 'bool', default: 'true', description: '' },
  { name: 'offline', type: 'bool', description: '' },
  { name: 'max-size', type: 'int', description: '' },
  { name: 'timeout', type: 'duration', description: '' },
  { name: 'out', short: 'o', type: 'string', description: '' },
]

function read(...argv: string[]) {
  const { args, options } = parseOptions(argv, SPECS)
  return {
    args,
    arch: options.list('arch'),
    formats: options.list('sbom-formats'),
    keys: options.list('keyring-append'),
    vcs: options.flag('vcs'),
    offline: options.flag('offline'),
    size: options.int('max-size'),
    timeout: options.duration('timeout'),
    out: options.string('out'),
  }
}

describe('flags and arguments', () => {
  test.each<[string[], Partial<ReturnType<typeof read>>]>([
    [[], { args: [], arch: [], formats: ['spdx'], vcs: true, offline: false, size: 0, timeout: 0n, out: '' }],
    [
      ['a', '--arch', 'x86_64,aarch64', 'b', '--arch=armv7'],
      { args: ['a', 'b'], arch: ['x86_64', 'aarch64', 'armv7'] },
    ],
    [['-k', 'one', '-ktwo'], { keys: ['one', 'two'] }],
    [['--vcs=false', '--offline'], { vcs: false, offline: true }],
    [['--offline', 'false'], { args: ['false'], offline: true }],
    [['--sbom-formats', ''], { formats: [] }],
    [['--max-size', '-1'], { size: -1 }],
    [['--timeout', '1m30s'], { timeout: 90_000_000_000n }],
    [['-o', 'x', '--', '--arch', '-k'], { args: ['--arch', '-k'], out: 'x' }],
    [['--out', 'first', '--out', 'second'], { out: 'second' }],
    [['--arch', '"a,b",c'], { arch: ['a,b', 'c'] }],
  ])('%j', (argv, expected) => {
    expect(read(...argv)).toMatchObject(expected)
  })

  test.each([
    [['--arhc', 'x'], 'unknown flag: --arhc', 'did you mean "--arch"?'],
    [['-z'], 'unknown flag: -z', undefined],
    [['--out'], '--out needs a value', undefined],
    [['--vcs=maybe'], '--vcs wants true or false, found "maybe"', undefined],
    [['--max-size', 'ten'], '--max-size wants a whole number, found "ten"', undefined],
    [['--timeout', '90'], '--timeout wants a duration such as 90s or 1h30m, found "90"', undefined],
  ])('%j is refused', (argv, message, hint) => {
    const error = catchError(() => read(...argv))
    expect(error.message).toBe(message)
    expect(error.hint).toBe(hint)
  })
})

test.each([
  ['12', 12],
  ['-1', -1],
  ['+5', 5],
  ['0', 0],
  ['010', 8],
  ['0o17', 15],
  ['0x1F', 31],
  ['-0b101', -5],
  ['10_000', 10000],
  ['1__0', undefined],
  ['1_', undefined],
  ['09', undefined],
  ['1.5', undefined],
  ['0x', undefined],
  ['', undefined],
])('the whole number %j', (text, expected) => {
  const parse = () => parseOptions([`--max-size=${text}`], SPECS).options.int('max-size')
  if (expected === undefined) expect(parse).toThrow(UsageError)
  else expect(parse()).toBe(expected)
})

test('splitCsv reads back fields that were quoted as RFC 4180 says', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      const text = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')
      expect(splitCsv(text, 'f')).toEqual(fields)
    }),
  )
})

test('splitCsv splits any text or throws a usage error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        splitCsv(text, 'f')
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
      }
    }),
  )
})

function catchError(action: () => unknown): UsageError {
  try {
    action()
  } catch (error) {
    if (error instanceof UsageError) return error
  }
  throw new Error('expected a usage error')
}
