import { gunzipAll, gzip, parseTar, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ApkError,
  assembleControl,
  checkIntegrity,
  DEFAULT_LIMITS,
  expandApk,
  limitOf,
  recordFromPackage,
  rootFile,
  splitApk,
} from '../src/index.ts'
import { buildPackage, chunked, dataFile, directory, type PackageChoices, signatureSection } from './helpers.ts'

const good = buildPackage({ signatures: [signatureSection()] })

async function expand(bytes: Uint8Array, chunk = 100): ReturnType<typeof expandApk> {
  return expandApk(chunked(bytes, chunk), { file: 'p.apk' })
}

describe('the control section', () => {
  test('has its entries sorted, root-owned, without end marker; empty scripts are left out', () => {
    const control = assembleControl(
      'x\n',
      'y\n',
      { trigger: '#!t', 'post-install': '#!p', 'pre-install': '' },
      1700000000,
    )
    const tar = gunzipAll(control, -1)
    const headers = parseTar(tar).map(({ header }) => header)
    expect(headers.map(({ path, mode }) => [path, mode])).toEqual([
      ['.PKGINFO', 0o644],
      ['.melange.yaml', 0o644],
      ['.post-install', 0o755],
      ['.trigger', 0o755],
    ])
    expect(
      headers.every(({ uname, gname, mtime }) => uname === 'root' && gname === 'root' && mtime === 1700000000),
    ).toBe(true)
    expect(tar).toHaveLength(4 * 1024)
  })
})

describe('splitting', () => {
  test('finds the sections without inflating data', () => {
    const { sections, pkgInfo, signature, control, dataOffset, signatureMembers } = splitApk(good, 'p.apk')
    expect(signatureMembers.map(({ header }) => header.path)).toEqual(['.SIGN.RSA256.test.rsa.pub'])
    expect(sections.signature).toMatchObject({ offset: 0, length: signature?.length })
    expect(sections.control).toEqual({ offset: signature?.length, length: control.length, digest: sha1(control) })
    expect(sections.data).toMatchObject({ offset: dataOffset, length: good.length - dataOffset })
    expect(pkgInfo).toMatchObject({ name: 'demo', version: '1.0-r0', provides: ['cmd:hello=1.0-r0'] })
    expect(pkgInfo.dataHash).toBe(sha256Hex(good.subarray(dataOffset)))
  })

  test('gives the index record', () => {
    const { sections, pkgInfo } = splitApk(good, 'p.apk')
    expect(recordFromPackage(pkgInfo, sections.control.digest, good.length)).toMatchObject({
      name: 'demo',
      size: good.length,
      installedSize: 30,
      buildTime: 1700000000,
      checksum: sections.control.digest,
    })
  })
})

interface Row extends PackageChoices {
  readonly what: string
  readonly bytes?: (bytes: Uint8Array) => Uint8Array
  /** Error code, or undefined where the reader accepts. */
  readonly split?: string
  readonly expand?: string
  readonly integrity?: string
}

const symlink = { header: tarHeader({ path: 'usr/l', type: 'symlink', linkname: 'a' }) }
const withEnd = (text: string) => gzip(writeTar([rootFile('.PKGINFO', utf8(text), 0o644, 0)]))
const pkgInfoSecond = (text: string) =>
  gzip(writeTar([rootFile('.a', utf8(''), 0o644, 0), rootFile('.PKGINFO', utf8(text), 0o644, 0)], { end: false }))

const rows: Row[] = [
  { what: 'well-formed, signed', signatures: [signatureSection()] },
  { what: 'unsigned' },
  { what: 'control tar with end marker', control: withEnd },
  { what: 'signature tar with end marker', signatures: [signatureSection({ end: true })] },
  { what: 'data tar without end marker', dataEnd: false },
  {
    what: 'data in two gzip members',
    data: (data) => concatBytes([gzip(writeTar([dataFile('b', 'b')], { end: false })), data]),
  },
  {
    what: 'zeros after the data member',
    data: (data) => concatBytes([data, new Uint8Array(9)]),
    expand: 'PACKAGE_DAMAGED',
  },
  { what: 'junk after the data member', data: (data) => concatBytes([data, utf8('junk')]), expand: 'PACKAGE_DAMAGED' },
  { what: 'no datahash', dataHash: '', integrity: 'DATA_HASH' },
  { what: 'a datahash that is not hex', dataHash: 'xyz', integrity: 'DATA_HASH' },
  { what: 'wrong datahash', dataHash: 'ab'.repeat(32), integrity: 'DATA_HASH' },
  {
    what: 'wrong file SHA-1 record',
    entries: [dataFile('a', 'x', { pax: new Map([['APK-TOOLS.checksum.SHA1', utf8('00'.repeat(20))]]) })],
    expand: 'FILE_CHECKSUM',
  },
  {
    what: 'file SHA-1 record in Q1 form',
    entries: [
      dataFile('a', 'x', { pax: new Map([['APK-TOOLS.checksum.SHA1', utf8('Q1EfatjsUrwnuiYsrJEmA0c1nYOPk=')]]) }),
    ],
    expand: 'FILE_CHECKSUM',
  },
  {
    what: 'right file SHA-1 record in Q1 form',
    entries: [
      dataFile('a', 'x', {
        pax: new Map([['APK-TOOLS.checksum.SHA1', utf8(`Q1${Buffer.from(sha1('x')).toString('base64')}`)]]),
      }),
    ],
  },
  {
    what: 'file SHA-1 record of another kind',
    entries: [dataFile('a', 'x', { pax: new Map([['APK-TOOLS.checksum.SHA1', utf8('zz')]]) })],
    expand: 'FILE_CHECKSUM',
  },
  {
    what: 'no file SHA-1 record',
    entries: [{ header: tarHeader({ path: 'a', type: 'file', size: 1 }), content: utf8('x') }],
  },
  {
    what: 'a wrong SHA-1 record on a link',
    entries: [{ header: { ...symlink.header, pax: new Map([['APK-TOOLS.checksum.SHA1', utf8('00'.repeat(20))]]) } }],
  },
  { what: '.PKGINFO not first in control', control: pkgInfoSecond },
  {
    what: 'no .PKGINFO',
    control: () => gzip(writeTar([rootFile('.x', utf8(''), 0o644, 0)], { end: false })),
    split: 'PACKAGE_NO_PKGINFO',
    expand: 'PACKAGE_NO_PKGINFO',
  },
  {
    what: 'two signature members',
    signatures: [signatureSection(), signatureSection()],
    split: 'PACKAGE_NO_PKGINFO',
    expand: 'PACKAGE_NO_PKGINFO',
  },
  { what: 'empty data tar', entries: [] },
  { what: 'no data section', data: () => new Uint8Array(0), expand: 'PACKAGE_NO_DATA' },
  { what: 'a 0-byte file', bytes: () => new Uint8Array(0), split: 'PACKAGE_EMPTY', expand: 'PACKAGE_EMPTY' },
  { what: 'a v3 package', bytes: () => utf8('ADB.pckg'), split: 'PACKAGE_V3', expand: 'PACKAGE_V3' },
  { what: 'a web page', bytes: () => utf8('<html>'), split: 'PACKAGE_NOT_GZIP', expand: 'PACKAGE_NOT_GZIP' },
  {
    what: 'cut inside control',
    bytes: (bytes) => bytes.subarray(0, 60),
    split: 'PACKAGE_TRUNCATED',
    expand: 'PACKAGE_TRUNCATED',
  },
  {
    what: 'cut inside data',
    bytes: (bytes) => bytes.subarray(0, -20),
    integrity: 'DATA_HASH',
    expand: 'PACKAGE_TRUNCATED',
  },
  {
    what: 'a duration as size',
    control: (text) => assembleControl(text.replace('size = 30', 'size = 5m'), undefined, {}, 0),
    split: 'PKGINFO_VALUE',
    expand: 'PKGINFO_VALUE',
  },
]

describe('what apko accepts and refuses', () => {
  test.each(rows)('split: $what', ({ bytes, split, ...choices }) => {
    const file = bytes?.(buildPackage(choices)) ?? buildPackage(choices)
    if (split === undefined) expect(splitApk(file, 'p.apk').pkgInfo.name).toBe('demo')
    else
      expect(() => splitApk(file, 'p.apk')).toThrow(
        expect.objectContaining({ code: split, at: { file: expect.anything() } }),
      )
  })

  test.each(rows)('expand: $what', async ({ bytes, expand: code, integrity, ...choices }) => {
    const file = bytes?.(buildPackage(choices)) ?? buildPackage(choices)
    for (const source of [chunked(file, 1), chunked(file, 50), chunked(file, 1 << 20), file]) {
      const expanded = expandApk(source, { file: 'p.apk' })
      if (code !== undefined)
        await expect(expanded).rejects.toMatchObject({ code, message: expect.stringContaining('p.apk') })
      else if (integrity !== undefined) {
        const apk = await expanded
        expect(() => checkIntegrity(apk, 'p.apk')).toThrow(expect.objectContaining({ code: integrity }))
      } else checkIntegrity(await expanded, 'p.apk')
    }
  })
})

describe('expanding', () => {
  test.each([
    ['as a stream', () => chunked(good, 77)],
    ['at once', () => good],
  ])('agrees with splitting, and hands out the inflated data, %s', async (_, source) => {
    const parts: Uint8Array[] = []
    const apk = await expandApk(source(), {
      file: 'p.apk',
      onData: (chunk) => void parts.push(Uint8Array.from(chunk)),
    })
    const split = splitApk(good, 'p.apk')
    expect(apk.sections).toEqual(split.sections)
    expect(apk.pkgInfo).toEqual(split.pkgInfo)
    expect(Buffer.from(apk.control)).toEqual(Buffer.from(split.control))
    expect(apk.fileSize).toBe(good.length)
    const tar = concatBytes(parts)
    expect(apk.dataSize).toBe(tar.length)
    expect(apk.entries).toEqual(parseTar(tar).map(({ header, offset }) => ({ header, offset })))
  })

  test('many and large files, at their offsets', async () => {
    const texts = Array.from({ length: 300 }, (_, i) => `file ${i} `.repeat(i * 20))
    const entries = [directory('d'), ...texts.map((text, i) => dataFile(`d/${i}`, text))]
    const parts: Uint8Array[] = []
    const bytes = buildPackage({ entries })
    const apk = await expandApk(chunked(bytes, 5000), {
      file: 'p',
      onData: (chunk) => void parts.push(Uint8Array.from(chunk)),
    })
    const tar = concatBytes(parts)
    for (const { header, offset } of apk.entries.slice(1)) {
      const expected = texts[Number(header.path.slice(2))]
      expect(sha1Hex(tar.subarray(offset, offset + header.size))).toBe(sha1Hex(expected ?? ''))
    }
    expect(apk.entries).toHaveLength(301)
  })

  test('checks the control section against the index before it takes the rest for true', async () => {
    const apk = await expand(good)
    checkIntegrity(apk, 'p.apk', apk.sections.control.digest)
    expect(() => checkIntegrity(apk, 'p.apk', new Uint8Array(20))).toThrow(
      expect.objectContaining({ code: 'CONTROL_CHECKSUM', message: expect.stringContaining('expected Q1AAAA') }),
    )
  })

  test('errors of the sink and of the source reach the caller', async () => {
    const full = expandApk(chunked(good, 100), {
      file: 'p.apk',
      onData() {
        throw new Error('disk full')
      },
    })
    await expect(full).rejects.toThrow('disk full')
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield good.subarray(0, good.length - 50)
      throw new Error('connection reset')
    }
    await expect(expandApk(broken(), { file: 'p.apk' })).rejects.toThrow('connection reset')
  })

  test.each([
    { limit: 'control', limits: { control: 1023 } },
    { limit: 'data', limits: { data: 1000 } },
  ])('the $limit limit holds, as a stream and at once', async ({ limits }) => {
    for (const source of [chunked(good, 100), good]) {
      await expect(expandApk(source, { file: 'p.apk', limits })).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE' })
    }
  })

  test('any bytes are a package or an ApkError; what splitting refuses, expanding refuses', async () => {
    const cut = fc.tuple(fc.nat(good.length), fc.uint8Array({ maxLength: 40 })).map(([length, noise]) => {
      return Uint8Array.from([...good.subarray(0, length), ...noise])
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), cut), async (bytes) => {
        const expanded = await expand(bytes, 7).catch((error: Error) => error)
        const atOnce = await expandApk(bytes, { file: 'p.apk' }).catch((error: unknown) => error)
        if (expanded instanceof Error) expect(atOnce).toBeInstanceOf(ApkError)
        else expect(atOnce).toMatchObject({ entries: expanded.entries, sections: expanded.sections })
        if (expanded instanceof Error) expect(expanded).toBeInstanceOf(ApkError)
        try {
          splitApk(bytes, 'p.apk')
        } catch (error) {
          expect(error).toBeInstanceOf(ApkError)
          expect(expanded).toBeInstanceOf(ApkError)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('any change of a package is found or harmless', async () => {
    const want = (await expand(good)).sections.control.digest
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
        const bytes = Uint8Array.from(good)
        bytes[place]! ^= flip
        try {
          checkIntegrity(await expandApk(bytes, { file: 'p.apk' }), 'p.apk', want)
          checkIntegrity(await expand(bytes, 1000), 'p.apk', want)
          expect(place).toBeLessThan(splitApk(good, 'p').sections.control.offset) // the signature, not covered here
        } catch (error) {
          expect(error).toBeInstanceOf(ApkError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

test.each([
  { given: undefined, limit: DEFAULT_LIMITS.control },
  { given: 0, limit: DEFAULT_LIMITS.control },
  { given: -1, limit: -1 },
  { given: 5, limit: 5 },
])('a control limit of $given means $limit', ({ given, limit }) => {
  expect(limitOf(given === undefined ? {} : { control: given }, 'control')).toBe(limit)
})
