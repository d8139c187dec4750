import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipAll, gzip, parseTar, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8, utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ApkError,
  formatIndex,
  mergeIndexText,
  type PackageRecord,
  packageFileName,
  packageRecord,
  parseIndex,
  parseIndexLazily,
  parseRecordText,
  readIndexArchive,
  recordText,
  writeIndexArchive,
} from '../src/index.ts'
import { conformanceData, hasConformanceData, skipNote } from './conformance.ts'

const full: PackageRecord = packageRecord({
  name: 'demo',
  version: '1.0-r0',
  arch: 'x86_64',
  description: 'a demo',
  license: 'MIT',
  origin: 'demo',
  maintainer: 'me',
  url: 'https://example.com/',
  commit: '0123',
  dependencies: ['so:libc.so.6', 'a>1'],
  provides: ['cmd:hello=1.0-r0'],
  installIf: ['foo=1', 'docs'],
  size: 1350,
  installedSize: 30,
  buildTime: 1700000000,
  providerPriority: 10n,
  checksum: new Uint8Array(Buffer.from('a6c07fd2f1d747c7a2419a165d53a1985c710063', 'hex')),
})

/** The fields of a record as a plain object, wherever it keeps them. */
function fieldsOf(record: PackageRecord): PackageRecord {
  const fields = Object.keys(full).map((key) => [key, record[key as keyof PackageRecord]])
  return Object.fromEntries(fields) as PackageRecord
}

const fullText = `C:Q1psB/0vHXR8eiQZoWXVOhmFxxAGM=
P:demo
V:1.0-r0
A:x86_64
S:1350
I:30
T:a demo
U:https://example.com/
L:MIT
o:demo
m:me
t:1700000000
c:0123
D:so:libc.so.6 a>1
i:foo=1 docs
p:cmd:hello=1.0-r0
k:10

`

describe('writing', () => {
  test('every field in its order', () => {
    expect(formatIndex([full])).toBe(fullText)
  })

  test('fields that are always there, even when empty', () => {
    expect(formatIndex([packageRecord({ name: 'a', version: '' })])).toBe('C:Q1\nP:a\nV:\nT:\n\n')
  })

  test('a build time of 0 is written, an unknown one is not', () => {
    expect(formatIndex([packageRecord({ name: 'a', version: '1', buildTime: 0 })])).toContain('\nt:0\n')
  })

  test('records without a name are left out', () => {
    expect(formatIndex([packageRecord({ name: '', version: '1' })])).toBe('')
  })

  test('the brackets of the original around install_if are a choice', () => {
    expect(formatIndex([full], { bracketInstallIf: true })).toContain('\ni:[foo=1 docs]\n')
  })
})

describe('reading like apko', () => {
  const record = (text: string) => parseIndex(`P:a\n${text}\n\n`)[0]

  test('what was written', () => {
    expect(parseIndex(fullText)).toEqual([full])
  })

  test.each([
    {
      rule: 'the last line of a repeated letter wins',
      text: 'V:1\nV:2\nD:a b\nD:c',
      expected: { version: '2', dependencies: ['c'] },
    },
    { rule: 'values are not trimmed', text: 'T: a ', expected: { description: ' a ' } },
    { rule: 'carriage returns are', text: 'T:a\r', expected: { description: 'a' } },
    { rule: 'lists split at every blank', text: 'D:a  b ', expected: { dependencies: ['a', '', 'b', ''] } },
    { rule: 'an empty list is empty', text: 'p:', expected: { provides: [] } },
    { rule: 'other checksums than Q1 are ignored', text: 'C:Q2AAAA', expected: { checksum: undefined } },
    { rule: 'the length of a checksum is not looked at', text: 'C:Q1AAAA', expected: { checksum: new Uint8Array(3) } },
    { rule: 'unknown letters are ignored', text: 'X:y\nr:old\nF:usr\nq:5', expected: { name: 'a', replaces: [] } },
    { rule: 'a build time may be negative', text: 't:-1', expected: { buildTime: -1 } },
    { rule: 'brackets stay in install_if', text: 'i:[foo=1 docs]', expected: { installIf: ['[foo=1', 'docs]'] } },
  ])('$rule', ({ text, expected }) => {
    const found = record(text)
    expect({ ...found, ...expected }).toEqual(found)
  })

  test('several empty lines are harmless, and an unfinished last record is dropped', () => {
    expect(parseIndex('\n\nP:a\n\n\n\nP:b\n').map(({ name }) => name)).toEqual(['a'])
  })

  test('a record without a name is dropped', () => {
    expect(parseIndex('V:1\n\nP:b\n\n')).toMatchObject([{ name: 'b', version: '' }])
  })

  test.each([
    { text: 'P:a\nX\n\n', problem: 'index:2 (package a): expected a letter, a colon and a value, found "X"' },
    { text: '\n\nPa:\n\n', problem: 'index:3: expected a letter' },
    { text: 'P:a\nS:-1\n\n', problem: 'S: expected a 64-bit integer, found "-1"' },
    { text: 'P:a\nI:0x1\n\n', problem: 'I: expected' },
    { text: 'P:a\nk:18446744073709551616\n\n', problem: 'k: expected' },
    { text: 'P:a\nt:1.5\n\n', problem: 't: expected' },
    { text: 'P:a\nC:Q1*\n\n', problem: 'C: expected base64 after Q1' },
    { text: `P:${'a'.repeat(1_048_575)}\n\n`, problem: 'line is longer than 1048575 bytes' },
  ])('refuses the whole index: $problem', ({ text, problem }) => {
    expect(() => parseIndex(text, 'index')).toThrow(problem)
  })

  test('a line of the longest length is read', () => {
    expect(parseIndex(`P:${'a'.repeat(1_048_573)}\n\n`)).toHaveLength(1)
  })

  test('any text gives records or an ApkError', () => {
    const piece = fc.constantFrom('P:', 'V:', 'C:Q1', 'S:', 'D:', 't:', '\n', '\n\n', 'a', ' ', '1', '=', '\r')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            parseIndex(text)
          } catch (error) {
            expect(error).toBeInstanceOf(ApkError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('lazily gives the same records, or the same error', () => {
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom(...'CPVASITULomtcDpikX'),
          fc.constantFrom(
            '',
            'a',
            '1',
            '-1',
            '+2',
            'Q1',
            'Q1AAAA',
            'Q1!',
            'x y',
            '99999999999999999999',
            '1234567890123456',
            'Q1AAA=',
            'Q1AA==AA',
            ...['Q1A===', 'Q1aZ09', 'Q1+/==', 'Q1[AAA', 'Q1@AAA', 'Q1{AAA', 'Q1:AAA', 'Q1====', 'Q1AA=A', 'Q1=AAA'],
          ),
        )
        .map(([letter, value]) => `${letter}:${value}`),
      fc.constantFrom('', '', 'P:pkg', 'V:1-r0', 'P', '::', fullText),
    )
    const read = (parse: typeof parseIndex, text: string) => {
      try {
        return parse(text).map(fieldsOf)
      } catch (error) {
        return (error as ApkError).message
      }
    }
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\n', '\r\n'), (lines, end) => {
        const text = lines.map((one) => `${one}${end}`).join('')
        expect(read(parseIndexLazily, text)).toEqual(read(parseIndex, text))
      }),
      { numRuns: 3000 },
    )
  })

  test('any record survives being written and read', () => {
    const text = fc.stringMatching(/^[^\r\n]{0,30}$/)
    const list = fc.array(fc.stringMatching(/^[^\r\n ]{1,10}$/), { maxLength: 4 })
    const anyRecord = fc
      .record({
        name: fc.stringMatching(/^[^\r\n]{1,20}$/),
        version: text,
        arch: text,
        description: text,
        license: text,
        origin: text,
        maintainer: text,
        url: text,
        commit: text,
        dependencies: list,
        provides: list,
        installIf: list,
        size: fc.nat(),
        installedSize: fc.nat(),
        buildTime: fc.option(fc.integer(), { nil: undefined }),
        providerPriority: fc.bigInt(0n, 2n ** 64n - 1n),
        checksum: fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 }), { nil: undefined }),
      })
      .map(packageRecord)
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
        expect(parseIndex(formatIndex(records))).toEqual(records)
      }),
    )
  })
})

describe('the archive', () => {
  test('holds APKINDEX and DESCRIPTION, without owner names and times', () => {
    const tar = gunzipAll(writeIndexArchive([full], 'mine'), -1)
    expect(parseTar(tar)).toMatchObject([
      { header: { path: 'APKINDEX', mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtime: 0 } },
      { header: { path: 'DESCRIPTION', size: 4 } },
    ])
    expect(utf8Decode(tar.subarray(512, 512 + fullText.length))).toBe(fullText)
    expect(tar.length % 512).toBe(0)
    expect(Buffer.from(tar.subarray(-1024))).toEqual(Buffer.alloc(1024))
  })

  test('an empty index still has both entries', () => {
    expect(readIndexArchive(writeIndexArchive([]))).toMatchObject({ records: [], description: '' })
    expect(parseTar(gunzipAll(writeIndexArchive([]), -1))).toHaveLength(2)
  })

  const file = (path: string, text: string) => ({
    header: tarHeader({ path, type: 'file', size: text.length }),
    content: utf8(text),
  })

  test('signatures are kept, a second APKINDEX replaces the first, members are one stream', () => {
    const parts = [
      gzip(writeTar([file('.SIGN.RSA.k.rsa.pub', 'sig'), file('APKINDEX', 'P:a\n\n')], { end: false })),
      gzip(writeTar([file('DESCRIPTION', 'd'), file('APKINDEX', 'P:b\n\n')])),
      new Uint8Array(100),
    ]
    const { records, description, signatures } = readIndexArchive(concatBytes(parts))
    expect(records).toMatchObject([{ name: 'b' }])
    expect(description).toBe('d')
    expect([...signatures.keys()]).toEqual(['.SIGN.RSA.k.rsa.pub'])
  })

  test.each([
    { what: 'another entry', bytes: gzip(writeTar([file('./APKINDEX', '')])), code: 'INDEX_ENTRY', text: './APKINDEX' },
    { what: 'an apk v3 index', bytes: utf8('ADBdxyz'), code: 'PACKAGE_V3', text: 'v3 (ADB)' },
    { what: 'an empty file', bytes: new Uint8Array(0), code: 'PACKAGE_EMPTY', text: 'is empty' },
    { what: 'a web page', bytes: utf8('<html>'), code: 'PACKAGE_NOT_GZIP', text: 'not gzip data' },
    {
      what: 'a cut file',
      bytes: writeIndexArchive([full]).subarray(0, 100),
      code: 'PACKAGE_TRUNCATED',
      text: 'ends early',
    },
  ])('$what is refused, naming the file', ({ bytes, code, text }) => {
    const read = () => readIndexArchive(bytes, { file: 'r/APKINDEX.tar.gz' })
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }))
    expect(read).toThrow('r/APKINDEX.tar.gz')
  })

  test('the limit is that of the inflated archive', () => {
    const bytes = writeIndexArchive([full])
    const size = gunzipAll(bytes, -1).length
    expect(readIndexArchive(bytes, { limits: { index: size } }).records).toHaveLength(1)
    expect(() => readIndexArchive(bytes, { limits: { index: size - 1 } })).toThrow(
      expect.objectContaining({ code: 'PACKAGE_TOO_LARGE' }),
    )
  })
})

describe('one record as text', () => {
  const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\n\r]/g, ''))

  test('what it is known by is read from its text', () => {
    fc.assert(
      fc.property(value, value, value, value, (name, version, arch, description) => {
        const written = recordText(packageRecord({ name: `n${name}`, version, arch, description }))
        expect(parseRecordText(written.text)).toEqual(written)
      }),
    )
  })

  test.each(['', 'P:a\nV:1\n\n', 'C:Q1\nP:a\nV:1\nT:\n', 'C:Q1\nP:\nV:1\nT:\n\n'])('%j is none', (text) => {
    expect(parseRecordText(text)).toBeUndefined()
  })
})

describe('merging', () => {
  const record = (name: string, version: string, description = '') => packageRecord({ name, version, description })
  const merge = (text: string, added: readonly PackageRecord[] = []) =>
    utf8Decode(mergeIndexText(utf8(text), added.map(recordText)))

  test('same name and version is replaced in place, the rest is appended, nothing is sorted', () => {
    const existing = [record('zeta', '1.0-r0'), record('ok', '1.0-r0', 'old'), record('ok', '0.9-r0')]
    const added = [record('ok', '1.0-r0', 'first'), record('melangeyaml', '1.0-r0'), record('ok', '1.0-r0', 'second')]
    const merged = parseIndex(merge(formatIndex(existing), added))
    expect(merged.map(({ name, version, description }) => [name, version, description])).toEqual([
      ['zeta', '1.0-r0', ''],
      ['ok', '1.0-r0', 'second'],
      ['ok', '0.9-r0', ''],
      ['melangeyaml', '1.0-r0', ''],
    ])
  })

  test('letters an index does not write are lost, a missing build time stays missing', () => {
    const text = 'P:zeta\nV:1.0-r0\nS:0\nI:0\nk:0\nq:5\nr:old\nX:y\ni:foo=1 docs\n\n'
    expect(merge(text)).toBe('C:Q1\nP:zeta\nV:1.0-r0\nT:\ni:foo=1 docs\n\n')
    expect(formatIndex(parseIndex(text), { bracketInstallIf: true })).toContain('\ni:[foo=1 docs]\n')
  })

  test('an error of an existing record tells its line', () => {
    expect(() => merge(`${formatIndex([full])}P:a\nV:1\nS:-1\n\n`)).toThrow(
      expect.objectContaining({ code: 'INDEX_FIELD', message: expect.stringContaining('APKINDEX:21 (package a)') }),
    )
  })

  /** What the quick way must come to. */
  function mergeRecords(existing: readonly PackageRecord[], added: readonly PackageRecord[]): PackageRecord[] {
    const merged = [...existing]
    for (const one of added) {
      const place = merged.findIndex(({ name, version }) => name === one.name && version === one.version)
      if (place < 0) merged.push(one)
      else merged[place] = one
    }
    return merged
  }

  const canonical = fullText
  const pieces = fc.oneof(
    fc.constantFrom(
      canonical,
      'C:Q1\nP:a\nV:1\nT:\n\n',
      'P:b\nV:2\nC:Q1psB/0vHXR8eiQZoWXVOhmFxxAGM=\n\n',
      '\n',
      '\r\n',
    ),
    fc.constantFrom(
      'P:c\r\nV:3\r\nT:\u00fc\r\n\r\n',
      'P:a\nV:1\nP:d\n\n',
      'V:1\n\n',
      'P:e\nV:5\nt:007\n\n',
      'T:x\ry\n',
    ),
    fc.constantFrom(canonical.replace('T:a demo', 'T:\u{1f600}'), canonical.replace('S:1350', 'S:0'), 'P:last\nV:1\n'),
    fc.constantFrom(
      canonical.replace('AGM=', 'AGN='),
      canonical.replace('k:10', 'k:9999999999999999'),
      '\ufeff',
      'D:\n',
    ),
  )
  const added = fc.array(fc.constantFrom('a', 'b', 'c', 'demo', 'e', '\u00fc', ''), { maxLength: 4 })

  test('gives what parsing, merging and formatting everything gives', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), added, (texts, names) => {
        const text = texts.join('')
        const records = names.map((name, i) => record(name, name === 'demo' ? '1.0-r0' : String(i), 'new'))
        expect(outcome(() => merge(text, records))).toBe(
          outcome(() => formatIndex(mergeRecords(parseIndex(text), records))),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('into a text of its own, the same without looking at all of it', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), added, (texts, names) => {
        const own = outcome(() => merge(texts.join('')))
        fc.pre(own !== 'refused')
        const records = names.map((name, i) => recordText(record(name, name === 'demo' ? '1.0-r0' : String(i), 'new')))
        const merged = (isOwn: boolean) => utf8Decode(mergeIndexText(utf8(own), records, { isOwn }))
        expect(merged(true)).toBe(merged(false))
      }),
      { numRuns: 2_000 },
    )
  })

  test('any bytes give a text or an ApkError, the same as on the long way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const bytes = concatBytes([utf8(canonical), noise, utf8(`\n\n${canonical}`)])
        expect(outcome(() => utf8Decode(mergeIndexText(bytes, [])))).toBe(
          outcome(() => formatIndex(parseIndex(utf8Decode(bytes)))),
        )
      }),
    )
  })

  function outcome(work: () => string): string {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof ApkError)) throw error
      return 'refused' // with several problems in a text, either way may meet another one first
    }
  }
})

test('a package file is named after name and version', () => {
  expect(packageFileName(full)).toBe('demo-1.0-r0.apk')
})

describe.skipIf(!hasConformanceData)(`real indexes${skipNote}`, () => {
  test.each(['alpine-316', 'alpine-317'])('%s is read; what is written of it is read the same', (name) => {
    const bytes = readFileSync(join(conformanceData, 'indexes', `${name}.APKINDEX.tar.gz`))
    const { records } = readIndexArchive(bytes)
    expect(records.length).toBeGreaterThan(100)
    expect(parseIndex(formatIndex(records))).toEqual(records)
  })
})
