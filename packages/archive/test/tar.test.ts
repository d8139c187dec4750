import { readFileSync } from 'node:fs'
import { concatBytes, utf8, utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ArchiveError,
  encodeTarHeader,
  inflateMember,
  parseTar,
  readTar,
  scanTar,
  TAR_END,
  type TarHeader,
  tarHeader,
  tarPadding,
  writeTar,
} from '../src/index.ts'
import { anyHeader, chunked, collect, goldenFiles, hasGoldenApks, skipNote } from './helpers.ts'

function strip({ typeflag: _, format: __, ...rest }: TarHeader): Omit<TarHeader, 'typeflag' | 'format'> {
  return rest
}

function ascii(block: Uint8Array, offset: number, length: number): string {
  return utf8Decode(block.subarray(offset, offset + length))
}

describe('headers', () => {
  test('a plain file is one ustar block with zero-padded octal numbers', () => {
    const block = encodeTarHeader(
      tarHeader({
        path: 'etc/a',
        type: 'file',
        mode: 0o4755,
        uid: 1,
        gid: 2,
        size: 5,
        mtime: 1700000000,
        uname: 'root',
      }),
    )
    expect(block).toHaveLength(512)
    expect(ascii(block, 0, 6)).toBe('etc/a\0')
    expect(ascii(block, 100, 8)).toBe('0004755\0')
    expect(ascii(block, 108, 16)).toBe('0000001\u00000000002\0')
    expect(ascii(block, 124, 24)).toBe('00000000005\u000014524770400\0')
    expect(ascii(block, 156, 1)).toBe('0')
    expect(ascii(block, 257, 8)).toBe('ustar\x0000')
    expect(ascii(block, 329, 16)).toBe('0000000\u00000000000\0')
  })

  test.each([
    { name: 'of 100 characters fits', length: 100, blocks: 1 },
    { name: 'of 101 characters without a slash needs a pax record', length: 101, blocks: 3 },
  ])('a name $name', ({ length, blocks }) => {
    expect(encodeTarHeader(tarHeader({ path: 'x'.repeat(length), type: 'file' }))).toHaveLength(512 * blocks)
  })

  test('entries of the same mode have their own owners, sizes, times and links', () => {
    const owners = [{}, { uname: 'root', gname: 'root' }, { uid: 8 ** 6, gid: 65533, uname: 'me' }, { devMinor: 3 }, {}]
    const headers = owners.map((owner, i) =>
      tarHeader({ path: `f${i}`, type: 'file', size: i * 300, mtime: 2 ** 31 * i, ...owner }),
    )
    headers.push(
      tarHeader({ path: 'l', type: 'symlink', linkname: 'x'.repeat(100) }),
      tarHeader({ path: 'd', type: 'directory' }),
    )
    const members = parseTar(
      writeTar(
        headers.map((header) => ({ header, content: new Uint8Array(header.size) })),
        { end: true },
      ),
    )
    expect(members.map(({ header }) => strip(header))).toEqual(headers.map(strip))
  })

  test('a long name that can be cut uses the prefix field, at the last possible slash', () => {
    const path = `${'d'.repeat(90)}/e/${'f'.repeat(80)}`
    const block = encodeTarHeader(tarHeader({ path, type: 'directory' }))
    expect(block).toHaveLength(512)
    expect(ascii(block, 0, 81)).toBe(`${'f'.repeat(80)}\0`)
    expect(ascii(block, 345, 93)).toBe(`${'d'.repeat(90)}/e\0`)
  })

  test('the prefix field is not used beside pax records', () => {
    const path = `${'d'.repeat(90)}/${'f'.repeat(80)}`
    const blocks = encodeTarHeader(
      tarHeader({ path, type: 'file', pax: new Map([['SCHILY.xattr.user.a', utf8('b')]]) }),
    )
    expect(ascii(blocks, 512, 1024)).toMatch(new RegExp(`^25 SCHILY.xattr.user.a=b\n181 path=${path}\n`))
    expect(ascii(blocks, 1024, 101)).toBe(`${path.slice(0, 100)}0`)
    expect(blocks[1024 + 345]).toBe(0)
  })

  test('the pax header is named after the entry, has no owner names and no device numbers', () => {
    const blocks = encodeTarHeader(tarHeader({ path: 'usr/größe', type: 'file', mtime: 5, uname: 'root' }))
    expect(ascii(blocks, 0, 25)).toBe('usr/PaxHeaders.0/gre\0\0\0\0\0')
    expect(ascii(blocks, 136, 12)).toBe('00000000000\0')
    expect(ascii(blocks, 156, 1)).toBe('x')
    expect([...blocks.subarray(265, 345)]).toEqual(new Array(80).fill(0))
    expect(ascii(blocks, 512, 20)).toBe(`${'20 path=usr/größe'.slice(0, 17)}\n`)
  })

  test('the length of a pax record counts its own digits', () => {
    for (const length of [1, 80, 88, 89, 90, 91, 92, 980, 985, 990]) {
      const pax = new Map([['k', utf8('v'.repeat(length))]])
      const [member] = parseTar(writeTar([{ header: tarHeader({ path: 'a', type: 'file', pax }) }]))
      expect(member?.header.pax.get('k')).toHaveLength(length)
    }
  })

  test('a cut name does not end in a slash', () => {
    const path = `${'ä'}${'x'.repeat(99)}//${'y'.repeat(100)}`
    const blocks = encodeTarHeader(tarHeader({ path, type: 'file' }))
    const main = blocks.subarray(blocks.length - 512)
    expect(main[99]).toBe(0)
  })

  test.each([
    { problem: 'NUL in the path', header: tarHeader({ path: 'a\0b', type: 'file' }) },
    { problem: 'a huge device number', header: tarHeader({ path: 'a', type: 'fifo', devMajor: 8 ** 7 }) },
    { problem: 'a slash at the end of a file name', header: tarHeader({ path: 'a/', type: 'file' }) },
    { problem: 'a pax key with =', header: tarHeader({ path: 'a', type: 'fifo', pax: new Map([['a=', utf8('x')]]) }) },
  ])('$problem is refused', ({ header }) => {
    expect(() => encodeTarHeader(header)).toThrow(expect.objectContaining({ code: 'TAR_NOT_REPRESENTABLE' }))
  })

  test('a GNU header stays GNU, with long names in extension entries', () => {
    const path = 'n'.repeat(120)
    const tar = writeTar([
      { header: { ...tarHeader({ path, type: 'symlink', linkname: 'l'.repeat(130) }), format: 'gnu' } },
    ])
    expect(ascii(tar, 257, 8)).toBe('ustar  \0')
    const [member] = parseTar(tar)
    expect(member?.header).toMatchObject({ path, linkname: 'l'.repeat(130), format: 'gnu' })
  })

  test('a GNU header holds any number', () => {
    const numbers = { uid: 2 ** 31, gid: 8 ** 7, size: 0, mtime: -5 }
    const tar = encodeTarHeader({ ...tarHeader({ path: 'a', type: 'fifo', ...numbers }), format: 'gnu' })
    expect(tar).toHaveLength(512)
    expect(parseTar(tar)[0]?.header).toMatchObject(numbers)
  })

  test("Go's zero time is written as 1970", () => {
    const header = tarHeader({ path: 'a', type: 'fifo', mtime: -62135596800 })
    expect(parseTar(encodeTarHeader(header))[0]?.header.mtime).toBe(0)
  })
})

describe('reading', () => {
  test('what was written comes back', () => {
    fc.assert(
      fc.property(fc.array(anyHeader, { maxLength: 6 }), fc.boolean(), (headers, end) => {
        const inputs = headers.map((header) => ({ header, content: new Uint8Array(header.size).fill(7) }))
        const members = parseTar(writeTar(inputs, { end }))
        expect(members.map(({ header }) => strip(header))).toEqual(headers.map(strip))
        expect(members.map(({ content }) => content.length)).toEqual(headers.map(({ size }) => size))
      }),
    )
  })

  test('any bytes either parse or give an ArchiveError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(3000), fc.nat(255), (noise, place, value) => {
        const tar = writeTar([
          { header: tarHeader({ path: 'é'.repeat(60), type: 'file', size: 3 }), content: utf8('abc') },
          { header: tarHeader({ path: 'b', type: 'directory' }) },
        ])
        tar[place % tar.length] = value
        for (const bytes of [noise, tar, tar.subarray(0, place % tar.length)]) {
          try {
            parseTar(bytes)
          } catch (error) {
            expect(error).toBeInstanceOf(ArchiveError)
          }
        }
      }),
    )
  })

  test.each([1, 100, 512, 1000, 100_000])(
    'a stream in chunks of %i bytes gives the same members and offsets',
    async (size) => {
      const contents = [utf8('x'.repeat(700)), new Uint8Array(0), utf8('y'.repeat(512))]
      const tar = writeTar(
        contents.map((content, i) => ({
          header: tarHeader({ path: `${i}-${'ü'.repeat(90)}`, type: 'file', size: content.length }),
          content,
        })),
      )
      const expected = parseTar(tar)
      const found: object[] = []
      for await (const { header, offset, content } of readTar(chunked(tar, size))) {
        if (header.path.startsWith('0'))
          found.push({ header, offset }) // skipped without being read
        else found.push({ header, offset, content: (await collect(content)).toString() })
      }
      expect(found).toEqual(
        expected.map(({ header, offset, content }) =>
          header.path.startsWith('0') ? { header, offset } : { header, offset, content: utf8Decode(content) },
        ),
      )
    },
  )

  test('a stream that ends inside an entry is an error', async () => {
    const content = utf8('x'.repeat(700))
    const tar = writeTar([{ header: tarHeader({ path: 'a', type: 'file', size: 700 }), content }])
    const read = async () => {
      for await (const member of readTar(chunked(tar.subarray(0, 900), 64))) await collect(member.content)
    }
    await expect(read()).rejects.toMatchObject({ code: 'TAR_TRUNCATED' })
  })

  test('stops at the end marker and tells whether there was one', () => {
    const member = { header: tarHeader({ path: 'a', type: 'directory' }) }
    const whole = new Uint8Array([...writeTar([member]), ...writeTar([member])])
    expect(scanTar(whole)).toMatchObject({
      members: { length: 1 },
      end: 512,
      endMarker: true,
      danglingExtension: false,
    })
    expect(scanTar(writeTar([member], { end: false }))).toMatchObject({ end: 512, endMarker: false })
  })

  test('an extension header without its entry is told', () => {
    const blocks = encodeTarHeader(tarHeader({ path: 'ä', type: 'file' }))
    expect(scanTar(blocks.subarray(0, 1024)).danglingExtension).toBe(true)
  })

  test('data after a single zero block is an error', () => {
    const tar = new Uint8Array([...TAR_END.subarray(512), ...encodeTarHeader(tarHeader({ path: 'a', type: 'fifo' }))])
    expect(() => parseTar(tar)).toThrow(expect.objectContaining({ code: 'TAR_INVALID' }))
  })

  test('directories lose the trailing slash, also those of old writers', () => {
    const tar = writeTar([
      { header: tarHeader({ path: 'usr/', type: 'directory' }) },
      { header: { ...tarHeader({ path: 'old/', type: 'other' }), typeflag: '\0' } },
      { header: { ...tarHeader({ path: 'older', type: 'other' }), typeflag: '\0' } },
    ])
    expect(parseTar(tar).map(({ header }) => [header.path, header.type])).toEqual([
      ['usr', 'directory'],
      ['old', 'directory'],
      ['older', 'file'],
    ])
  })

  test.each([
    { text: '1.4', mtime: 1 },
    { text: '1.5', mtime: 2 },
    { text: '-1.5', mtime: -1 },
  ])('pax time $text becomes $mtime', ({ text, mtime }) => {
    const header = tarHeader({ path: 'a', type: 'fifo', pax: new Map([['mtime', utf8(text)]]) })
    expect(parseTar(encodeTarHeader(header))[0]?.header.mtime).toBe(mtime)
  })

  test('an empty pax value leaves the plain field as it is', () => {
    const header = tarHeader({ path: 'a', type: 'fifo', pax: new Map([['path', new Uint8Array(0)]]) })
    expect(parseTar(encodeTarHeader(header))[0]?.header.path).toBe('a')
  })

  test('limits hold', () => {
    const pax = new Map([['k', new Uint8Array(5000)]])
    const tar = writeTar([
      { header: tarHeader({ path: 'a', type: 'fifo', pax }) },
      { header: tarHeader({ path: 'b', type: 'fifo' }) },
    ])
    expect(() => parseTar(tar, { extension: 4999 })).toThrow(expect.objectContaining({ code: 'TAR_TOO_LARGE' }))
    expect(() => parseTar(tar, { entries: 1 })).toThrow(expect.objectContaining({ code: 'TAR_TOO_LARGE' }))
    expect(parseTar(tar, { entries: 2 })).toHaveLength(2)
    const twice = concatBytes([tar.subarray(0, -1024), tar])
    const body = 5120 // with the length and the name of its record, in whole blocks
    expect(() => parseTar(twice, { extensions: body })).toThrow(expect.objectContaining({ code: 'TAR_TOO_LARGE' }))
    expect(parseTar(twice, { extensions: 2 * body })).toHaveLength(4)
  })

  test('GNU binary numbers are read, negative ones too', () => {
    const block = encodeTarHeader(tarHeader({ path: 'a', type: 'fifo', uid: 0 }))
    block.set([0x80, 0, 0, 0, 1, 0, 0, 0], 108)
    block.set(new Uint8Array(12).fill(0xff), 136)
    block.set(utf8(`${sumOf(block).toString(8).padStart(6, '0')}\0 `), 148)
    expect(parseTar(block)[0]?.header).toMatchObject({ uid: 2 ** 24, mtime: -1 })
  })
})

function sumOf(block: Uint8Array): number {
  return block.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0)
}

describe('writing', () => {
  test.each([0, 1, 511, 512, 513])('content of %i bytes is padded to a block', (size) => {
    expect((size + tarPadding(size).length) % 512).toBe(0)
  })

  test('a content of the wrong length is refused', () => {
    const header = tarHeader({ path: 'a', type: 'file', size: 3 })
    expect(() => writeTar([{ header, content: utf8('ab') }])).toThrow(
      expect.objectContaining({ code: 'CONTENT_TRUNCATED' }),
    )
    expect(() => writeTar([{ header, content: utf8('abcd') }])).toThrow(
      expect.objectContaining({ code: 'CONTENT_TOO_LARGE' }),
    )
  })
})

describe.skipIf(!hasGoldenApks)(`tars of the original${skipNote}`, () => {
  test.each(goldenFiles('.apk', '.tar.gz'))('%s is written again byte for byte', (file) => {
    const bytes = readFileSync(file)
    for (let offset = 0; offset < bytes.length; ) {
      const { data, end } = inflateMember(bytes, offset, -1)
      const { members, endMarker } = scanTar(data)
      expect(Buffer.compare(writeTar(members, { end: endMarker }), data)).toBe(0)
      offset = end
    }
  })
})
