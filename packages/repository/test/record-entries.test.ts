import { CHECKSUM_RECORD, type DataEntry } from '@apkts/apk'
import { type TarHeader, tarHeader } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { formatEntries, parseEntries } from '../src/package/record-entries.ts'

const SHA1 = '0123456789abcdef0123456789abcdef01234567'

function entry(fields: Partial<TarHeader> = {}, offset = 512): DataEntry {
  return {
    header: { typeflag: '0', format: 'ustar', ...tarHeader({ path: 'usr/bin/a', type: 'file', ...fields }) },
    offset,
  }
}

const records = (...pairs: [string, string][]) => new Map(pairs.map(([key, value]) => [key, utf8(value)]))
const checksum = (text = SHA1) => records([CHECKSUM_RECORD, text])

/** Entries with their records in an array. */
const plain = (entries: readonly DataEntry[]) =>
  entries.map(({ header, offset }) => ({
    ...header,
    pax: [...header.pax].map(([key, value]) => [key, Buffer.from(value).toString('hex')]),
    offset,
  }))

describe('entries as text', () => {
  test.each<[what: string, entries: DataEntry[]]>([
    ['none', []],
    ['without records', [entry()]],
    ['with a checksum', [entry({ pax: checksum() })]],
    ['with several checksums', ['a', 'b', 'c'].map((digit) => entry({ pax: checksum(digit.repeat(40)) }))],
    [
      'with a checksum only here and there',
      [entry({ pax: checksum() }), entry(), entry({ pax: checksum('f'.repeat(40)) })],
    ],
    ['with a checksum in capitals', [entry({ pax: checksum(SHA1.toUpperCase()) })]],
    ['with a checksum of the old form', [entry({ pax: checksum('Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=') })]],
    ['with a checksum that is none', [entry({ pax: checksum('é'.repeat(20)) })]],
    ['with another record of that length', [entry({ pax: records(['comment', SHA1]) })]],
    ['with more records', [entry({ pax: records([CHECKSUM_RECORD, SHA1], ['SCHILY.xattr.user.a', '\0"\n']) })]],
    ['of every type', (['file', 'directory', 'symlink', 'hardlink', 'fifo'] as const).map((type) => entry({ type }))],
    ['of many kinds', [1, 2, 3].flatMap((id) => [entry({ uid: id }), entry({ gid: id }), entry({ mtime: id })])],
    ['with names of owners', [entry({ uname: 'root', gname: 'wheel' }), entry({ uname: 'wheel', gname: 'root' })]],
    ['with odd names', [entry({ path: 'a\n"\\\u2028é', linkname: '\ud800' })]],
    ['of devices', [entry({ type: 'character-device', devMajor: 5, devMinor: 1 })]],
    ['far into a large file', [entry({ size: 2 ** 40, mtime: -1 }, 2 ** 41)]],
  ])('%s', (_, entries) => {
    const { text } = formatEntries(entries)
    expect(text).not.toContain('\n')
    expect(plain(parseEntries(text))).toEqual(plain(entries))
    expect(formatEntries(parseEntries(text)).text).toBe(text)
  })

  test('records of a checksum are those of a map', () => {
    const [{ header }] = parseEntries(formatEntries([entry({ pax: checksum() })]).text) as [DataEntry]
    const { pax } = header
    const bytes = utf8(SHA1)
    expect([pax.size, pax.has(CHECKSUM_RECORD), pax.has('x'), pax.get('x')]).toEqual([1, true, false, undefined])
    expect(pax.get(CHECKSUM_RECORD)).toEqual(bytes)
    expect([[...pax.keys()], [...pax.values()]]).toEqual([[CHECKSUM_RECORD], [bytes]])
    expect([[...pax], [...pax.entries()]]).toEqual([[[CHECKSUM_RECORD, bytes]], [[CHECKSUM_RECORD, bytes]]])
    const visited: unknown[] = []
    pax.forEach((value, key) => void visited.push(key, value))
    expect(visited).toEqual([CHECKSUM_RECORD, bytes])
  })
})
