import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatCode, parseCode, type Run, readCode, runsAfter, writeCode } from '../src/launch/code-cache.ts'

const CODE = { code: new Map([['/a/main.js', Buffer.from('compiled')]]), runs: 2 }

describe('the file of compiled code', () => {
  test('is read as it was written', () => {
    const names = fc.dictionary(fc.string(), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(fc.string(), fc.nat(), names, (key, runs, parts) => {
        const code = new Map(Object.entries(parts).map(([name, bytes]) => [name, Buffer.from(bytes)]))
        expect(parseCode(formatCode(key, { code, runs }), key)).toEqual({ code, runs })
      }),
    )
  })

  test('gives nothing when one bit of it is another', () => {
    const bytes = formatCode('key', CODE)
    const bits = fc.integer({ min: bytes.indexOf('\n') + 1, max: bytes.length - 1 })
    fc.assert(
      fc.property(bits, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const damaged = Buffer.from(bytes)
        damaged[at]! ^= 1 << bit
        expect(parseCode(damaged, 'key').code.size).toBe(0)
      }),
    )
  })

  test('nor for another key', () => {
    expect(parseCode(formatCode('key', CODE), 'other').code.size).toBe(0)
  })
})

describe('code of a run is added', () => {
  test.each<Run & { what: string; runs: number; after: number | undefined }>([
    { what: 'a first long run', runs: 0, isNew: true, isShort: false, after: 0 },
    { what: 'a first short run', runs: 0, isNew: true, isShort: true, after: 1 },
    { what: 'a short run after a long one', runs: 0, isNew: false, isShort: true, after: 1 },
    { what: 'a third short run', runs: 2, isNew: false, isShort: true, after: 3 },
    { what: 'a fourth short run', runs: 3, isNew: false, isShort: true, after: undefined },
    { what: 'a long run after a short one', runs: 1, isNew: false, isShort: false, after: undefined },
    { what: 'a long run with another file', runs: 3, isNew: true, isShort: false, after: 0 },
    { what: 'a short run with another file', runs: 3, isNew: true, isShort: true, after: 1 },
  ])('$what: $after', ({ runs, after, ...run }) => {
    expect(runsAfter({ runs }, run)).toBe(after)
  })
})

describe('compiled code on disk', () => {
  let home: string
  let path: string

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'code-'))
    path = join(home, 'code/build')
  })

  afterEach(() => rmSync(home, { recursive: true, force: true }))

  test('is for its user alone', () => {
    writeCode(path, 'key', CODE)
    expect(readCode(path, 'key')).toEqual(CODE)
    expect([statSync(path).mode & 0o777, statSync(join(home, 'code')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(readdirSync(join(home, 'code'))).toEqual(['build'])
  })

  const distrusted: [what: string, change: () => void][] = [
    ['a directory that others may write to', () => chmodSync(join(home, 'code'), 0o777)],
    ['a file that others may write to', () => chmodSync(path, 0o620)],
    ['bytes that are none of ours', () => writeFileSync(path, 'anything')],
    ['an empty file', () => writeFileSync(path, '')],
    ['a directory in its place', () => void [rmSync(path), mkdirSync(path)]],
    ['nothing', () => rmSync(path)],
    ...(process.getuid?.() === 0
      ? ([
          ['a file of somebody else', () => chownSync(path, 1234, 1234)],
          ['a directory of somebody else', () => chownSync(join(home, 'code'), 1234, 1234)],
        ] as [string, () => void][])
      : []),
  ]
  test.each(distrusted)('%s gives nothing', (_, change) => {
    writeCode(path, 'key', CODE)
    change()
    expect(readCode(path, 'key').code.size).toBe(0)
  })

  test('nothing is written where others may write, or through a link', () => {
    mkdirSync(join(home, 'code'))
    chmodSync(join(home, 'code'), 0o777)
    writeCode(path, 'key', CODE)
    expect(readdirSync(join(home, 'code'))).toEqual([])
    mkdirSync(join(home, 'elsewhere'))
    symlinkSync('elsewhere', join(home, 'link'))
    writeCode(join(home, 'link/build'), 'key', CODE)
    expect(readdirSync(join(home, 'elsewhere'))).toEqual([])
  })

  test('that it cannot be written is no error', () => {
    writeFileSync(join(home, 'file'), '')
    writeCode(join(home, 'file/code/build'), 'key', CODE)
    expect(readFileSync(join(home, 'file'), 'utf8')).toBe('')
    expect(existsSync(path)).toBe(false)
  })
})
