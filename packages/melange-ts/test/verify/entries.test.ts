import { encodeTarHeader, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { codes, entry, file, keysOf, makeKey, makePackage, verify } from './support.ts'

const key = makeKey('mine.rsa')
const etc = entry('directory', 'etc')

/** A header whose field at an offset holds this text, with its checksum mended. */
function rawHeader(offset: number, length: number, text: string): Uint8Array {
  const block = Uint8Array.from(encodeTarHeader(tarHeader({ path: 'f', type: 'file' })))
  block.fill(0, offset, offset + length)
  block.set(utf8(text), offset)
  return mended(block)
}

function mended(block: Uint8Array): Uint8Array {
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  return block
}

/** A pax header with this record as it stands, in front of a file of one byte. */
function withRecord(record: string): Uint8Array {
  const size = record.length + 4
  const body = utf8(`${size} ${record}\n`)
  const extension = rawTyped('x', body.length)
  const content = new Uint8Array(1024)
  content.set(body)
  const own = encodeTarHeader(tarHeader({ path: 'f', type: 'file', size: 1 }))
  return concatBytes([extension, content.subarray(0, 512), own, content.subarray(0, 512)])
}

/** A header block of that type and size. */
function rawTyped(type: string, size: number): Uint8Array {
  const block = rawHeader(156, 1, type)
  block.set(utf8(`${size.toString(8).padStart(11, '0')}\0`), 124)
  return mended(block)
}

describe('entries of a data section', () => {
  test.each([
    { what: 'a plain file', entries: [etc, file('etc/f', 'x')], outcome: [] },
    { what: 'a name that leads out', entries: [file('../f', 'x')], outcome: ['ENTRY_NAME', 'ENTRY_PARENT?'] },
    {
      what: 'a name that leads out in the middle',
      entries: [etc, file('etc/../../f', 'x')],
      outcome: ['ENTRY_NAME', 'ENTRY_PARENT?'],
    },
    { what: 'an absolute name', entries: [file('/f', 'x')], outcome: ['ENTRY_NAME', 'ENTRY_PARENT?'] },
    { what: 'a name with a newline', entries: [file('a\nb', 'x')], outcome: ['ENTRY_NAME'] },
    { what: 'a name with a terminal escape', entries: [file('a\u001b[2J', 'x')], outcome: ['ENTRY_NAME'] },
    { what: 'a name with a dot part', entries: [etc, file('etc/./f', 'x')], outcome: ['ENTRY_NAME', 'ENTRY_PARENT?'] },
    {
      what: 'a file below a symlink',
      entries: [entry('symlink', 'etc', { linkname: '/tmp' }), file('etc/f', 'x')],
      outcome: ['ENTRY_THROUGH_LINK'],
    },
    { what: 'a file below a file', entries: [file('etc', 'x'), file('etc/f', 'x')], outcome: ['ENTRY_THROUGH_LINK'] },
    {
      what: 'a hard link to the outside',
      entries: [entry('hardlink', 'f', { linkname: '/etc/shadow' })],
      outcome: ['ENTRY_LINK'],
    },
    {
      what: 'a hard link to a later file',
      entries: [entry('hardlink', 'f', { linkname: 'g' }), file('g', 'x')],
      outcome: ['ENTRY_LINK'],
    },
    {
      what: 'a hard link to an earlier file',
      entries: [file('g', 'x'), entry('hardlink', 'h', { linkname: 'g' })],
      outcome: [],
    },
    { what: 'a character device', entries: [entry('character-device', 'null')], outcome: ['ENTRY_TYPE'] },
    { what: 'a block device', entries: [entry('block-device', 'sda')], outcome: ['ENTRY_TYPE'] },
    { what: 'a FIFO', entries: [entry('fifo', 'p')], outcome: ['ENTRY_TYPE'] },
    { what: 'a setuid file', entries: [file('su', 'x', { mode: 0o4755 })], outcome: ['ENTRY_MODE?'] },
    { what: 'a setgid file', entries: [file('su', 'x', { mode: 0o2755 })], outcome: ['ENTRY_MODE?'] },
    { what: 'a file twice', entries: [file('f', 'x'), file('f', 'y')], outcome: ['ENTRY_TWICE'] },
    { what: 'a directory twice', entries: [etc, etc], outcome: [] },
    {
      what: 'a symlink where a directory was',
      entries: [etc, entry('symlink', 'etc', { linkname: '/tmp' }), file('etc/f', 'x')],
      outcome: ['ENTRY_TWICE', 'ENTRY_THROUGH_LINK'],
    },
    { what: 'no parent directory', entries: [file('etc/f', 'x')], outcome: ['ENTRY_PARENT?'] },
    { what: 'no checksum record', entries: [file('f', 'x', { pax: new Map() })], outcome: ['FILE_CHECKSUM'] },
    { what: 'metadata at the top without a record', entries: [file('.x', 'x', { pax: new Map() })], outcome: [] },
  ])('$what: $outcome', async ({ entries, outcome }) => {
    expect(codes(await verify(makePackage({ entries, key }), keysOf(key)))).toEqual(outcome)
  })

  test.each([
    { what: 'a negative size', header: rawHeader(124, 12, '-0000000001\0') },
    { what: 'a binary negative size', header: rawHeader(124, 12, '\u00ff') },
    { what: 'a size beyond the archive', header: rawHeader(124, 12, '77777777777\0') },
    { what: 'letters in a number', header: rawHeader(100, 8, 'rwxr-xr\0') },
    { what: 'a sparse file', header: rawHeader(156, 1, 'S') },
    { what: 'a sparse file of pax', header: withRecord('GNU.sparse.realsize=8796093022208') },
    { what: 'a size of 20 digits in pax', header: withRecord('size=99999999999999999999') },
    { what: 'a negative size in pax', header: withRecord('size=-123456') },
    { what: 'a size in pax that is none', header: withRecord('size=12abcde') },
    { what: 'a NUL in its name in pax', header: withRecord('path=usr/bin/a\0b') },
    { what: 'a pax record without a name', header: withRecord('=123456789') },
    { what: 'a pax record of another length', header: withRecord('path=a').fill(0x39, 512, 513) },
  ])('a header with $what is refused as damage', async ({ header }) => {
    const report = await verify(makePackage({ tar: header, key }), keysOf(key))
    expect(report.faults).toHaveLength(1)
    expect(report.faults[0]!.code).toMatch(/^PACKAGE_(DAMAGED|TRUNCATED|TOO_LARGE)$/)
  })

  test('the pax headers of these cases are sound but for what they say', async () => {
    const report = await verify(makePackage({ tar: withRecord('comment=fine'), key }), keysOf(key))
    expect(codes(report)).toEqual(['FILE_CHECKSUM'])
  })

  test('every damaged file is named, not only the first', async () => {
    const wrong = new Map([['APK-TOOLS.checksum.SHA1', utf8('0'.repeat(40))]])
    const entries = [file('a', 'x', { pax: wrong }), file('b', 'y'), file('c', 'z', { pax: wrong })]
    const { faults } = await verify(makePackage({ tar: writeTar(entries), key }), keysOf(key))
    expect(faults.map(({ message }) => message.split(' ')[0])).toEqual(['a', 'c'])
  })
})
