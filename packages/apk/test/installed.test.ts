import { encodeTarHeader, parseTar, type TarHeader, tarHeader } from '@apkts/archive'
import { hex, sha1, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ApkError,
  CHECKSUM_RECORD,
  cleanPath,
  formatInstalledRecord,
  formatScripts,
  formatTriggers,
  parseInstalled,
  parsePkgInfo,
  rootFile,
} from '../src/index.ts'
import { stableSort } from '../src/installed/stable-sort.ts'

const pkgInfo = parsePkgInfo(
  'pkgname = a\npkgver = 1-r0\narch = x86_64\nlicense = MIT\npkgdesc = d\norigin = o\nurl = u\ncommit = c\n' +
    'depend = x\ndepend = y\nprovides = z\nsize = 7\nbuilddate = 9\nprovider_priority = 3\ntriggers = /bin /sbin',
)
const controlSha1 = sha1('control')
const input = { pkgInfo, controlSha1, fileSize: 100 }
const checksum = Buffer.from(controlSha1).toString('base64')

const head = `P:a
V:1-r0
A:x86_64
L:MIT
T:d
o:o
m:
U:u
D:x y
p:z
c:c
i:[]
t:9
S:100
I:7
k:3
C:Q1${checksum}
`

const dir = (path: string, fields: Partial<TarHeader> = {}) => tarHeader({ path, type: 'directory', ...fields })
const file = (path: string, fields: Partial<TarHeader> = {}) => tarHeader({ path, type: 'file', ...fields })
const withSum = (text: string) => new Map([[CHECKSUM_RECORD, utf8(hex(sha1(text)))]])
const linesOf = (...files: TarHeader[]) => formatInstalledRecord(input, files).slice(head.length).trimEnd().split('\n')

describe('a record of the installed database', () => {
  test('all package fields, even empty ones', () => {
    expect(formatInstalledRecord(input, [])).toBe(`${head}\n`)
  })

  test('replaces are written only when there are any', () => {
    const text = formatInstalledRecord({ ...input, pkgInfo: { ...pkgInfo, replaces: ['b', 'c'] } }, [])
    expect(text).toContain('\np:z\nr:b c\nc:c\n')
  })

  test('a package without a name is refused', () => {
    expect(() => formatInstalledRecord({ ...input, pkgInfo: { ...pkgInfo, name: '' } }, [])).toThrow(ApkError)
  })

  test('directories, files, owners, modes and checksums', () => {
    expect(
      linesOf(
        dir('etc'),
        file('etc/shadow', { mode: 0o640, gid: 42, pax: withSum('s') }),
        dir('root', { mode: 0o700 }),
        dir('tmp', { mode: 0o1777 }),
        tarHeader({ path: 'etc/link', type: 'symlink', linkname: 'x', pax: withSum('x') }),
      ),
    ).toEqual([
      'F:etc',
      'R:link',
      'a:0:0:0777',
      `Z:Q1${Buffer.from(sha1('x')).toString('base64')}`,
      'R:shadow',
      'a:0:42:0640',
      `Z:Q1${Buffer.from(sha1('s')).toString('base64')}`,
      'F:root',
      'M:0:0:0700',
      'F:tmp',
      'M:0:0:1777',
    ])
  })

  test("a directory's own files come directly behind it, before its directories", () => {
    expect(
      linesOf(dir('a'), dir('a/b'), file('a/b/x'), file('a/c'), dir('a.d'), file('a.d/y'), file('z'), file('a/0')),
    ).toEqual(['F:', 'R:z', 'F:a', 'R:0', 'R:c', 'F:a/b', 'R:x', 'F:a.d', 'R:y'])
  })

  test('a directory behind its content, or a second time, stays there, as in apko', () => {
    expect(linesOf(dir('a/b'), dir('a'), file('a/b/x'))).toEqual(['F:a/b', 'F:a', 'R:x'])
    expect(linesOf(dir('a'), dir('a/b'), dir('a'), dir('a/c'))).toEqual(['F:a', 'F:a/b', 'F:a', 'F:a/c'])
  })

  test('sorting is stable where the order is total', () => {
    const numbers = fc.array(fc.nat(30), { maxLength: 200 })
    fc.assert(
      fc.property(numbers, (values) => {
        const items = values.map((value, index) => ({ value, index }))
        const expected = [...items].sort((a, b) => a.value - b.value)
        stableSort(items, (a, b) => a.value - b.value)
        expect(items).toEqual(expected)
      }),
    )
  })

  test('files without all their parent directories are left out, absolute ones without a root entry', () => {
    expect(linesOf(dir('a'), file('a/b/c'), file('x/y'), file('/abs'), dir('/a'), file('a/ok'))).toEqual([
      'F:a',
      'R:ok',
    ])
  })

  test('the root directory is a bare F:, and cannot have an owner or mode', () => {
    expect(linesOf(dir('/'), dir('/a'), file('/a/b'))).toEqual(['F:', 'F:/a', 'R:b'])
    expect(() => linesOf(dir('/', { mode: 0o700 }))).toThrow(expect.objectContaining({ code: 'INSTALLED_DATABASE' }))
  })

  test.each(['a\nP:b', 'a\r'])('the name %j, which would forge lines, is refused', (path) => {
    expect(() => linesOf(dir(path))).toThrow(expect.objectContaining({ code: 'INSTALLED_DATABASE' }))
  })

  test('is read back', () => {
    const text = formatInstalledRecord({ ...input, pkgInfo: { ...pkgInfo, replaces: ['b'], installIf: ['i', 'j'] } }, [
      dir('etc', { mode: 0o700, uid: 5, gid: 6 }),
      file('etc/f', { pax: withSum('f') }),
      file('top', { mode: 0o755 }),
    ])
    expect(parseInstalled(text + text)).toHaveLength(2)
    expect(parseInstalled(text)[0]).toMatchObject({
      record: {
        name: 'a',
        version: '1-r0',
        replaces: ['b'],
        installIf: ['i', 'j'],
        checksum: new Uint8Array(controlSha1),
      },
      files: [
        { path: '', directory: true },
        { path: 'top', directory: false, mode: 0o755 },
        { path: 'etc', directory: true, uid: 5, gid: 6, mode: 0o700 },
        { path: 'etc/f', checksum: new Uint8Array(sha1('f')), mode: 0o644 },
      ],
    })
  })

  test.each([
    { text: 'P:a\nF:x\nM:1:2\n\n', problem: 'installed:3: expected uid:gid:mode, found "1:2"' },
    { text: 'V:1\n\n', problem: 'no package name' },
    { text: 'P:a\nS:x\n\n', problem: '64-bit integer' },
  ])('refuses: $problem', ({ text, problem }) => {
    expect(() => parseInstalled(text)).toThrow(problem)
  })

  test('any tree survives being written and read', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9 é._+:-]{1,8}$/).filter((text) => !/^\.+$/.test(text))
    const owner = { uid: fc.nat(70_000), gid: fc.nat(70_000), mode: fc.nat(0o7777) }
    const folder = fc.record({
      name,
      ...owner,
      files: fc.uniqueArray(fc.record({ name, ...owner }), { selector: (f) => f.name }),
    })
    const tree = fc.uniqueArray(folder, { maxLength: 4, selector: (one) => one.name })
    const facts = ({ path, uid, gid, mode }: { path: string; uid: number; gid: number; mode: number }) => [
      path,
      uid,
      gid,
      mode,
    ]
    fc.assert(
      fc.property(tree, (folders) => {
        const entries = folders.flatMap(({ files, name: place, ...rest }) => [
          dir(place, rest),
          ...files.map(({ name: own, ...more }) => file(`${place}/${own}`, { ...more, pax: withSum(own) })),
        ])
        const [read] = parseInstalled(`${formatInstalledRecord(input, entries)}`)
        expect(
          read?.files
            .filter(({ path }) => path !== '')
            .map(facts)
            .sort(),
        ).toEqual(entries.map(facts).sort())
      }),
    )
  })

  test('any text gives packages or an ApkError', () => {
    const piece = fc.constantFrom('P:', 'F:', 'R:', 'a:0:0:0', 'Z:Q1', 'M:', '\n', '\n\n', 'a', '/', '7')
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          try {
            parseInstalled(text)
          } catch (error) {
            expect(error).toBeInstanceOf(ApkError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('scripts and triggers', () => {
  const members = (...inputs: { header: TarHeader; content?: Uint8Array }[]) =>
    inputs.map(({ header, content = new Uint8Array(0) }) => ({ header, content, offset: 0 }))
  const source = {
    name: 'a',
    version: '1-r0',
    controlSha1,
    triggers: ['/bin /sbin'],
    controlMembers: members(
      rootFile('.PKGINFO', utf8('x'), 0o755, 5),
      rootFile('.melange.yaml', utf8('x'), 0o644, 5),
      rootFile('.pre-install', utf8('#!/bin/sh\n'), 0o755, 5),
    ),
  }

  test('executable control entries, renamed, at the given time', () => {
    const tar = formatScripts([source], 0)
    expect(tar).toHaveLength(2048)
    const [member] = parseTar(tar)
    expect(member?.header).toMatchObject({
      path: `a-1-r0.Q1${checksum}.pre-install`,
      mode: 0o755,
      uname: 'root',
      mtime: 0,
    })
    expect(Buffer.from(tar.subarray(100, 148)).toString()).toBe(
      '0000755\x000000000\x000000000\x0000000000012\x0000000000000\0',
    )
  })

  test('without any script it is an empty tar', () => {
    expect(Buffer.from(formatScripts([], 0))).toEqual(Buffer.alloc(1024))
  })

  test.each([
    { flavour: 'ustar', magic: 'ustar\x0000' },
    { flavour: 'gnu', magic: 'ustar  \0' },
  ] as const)('a $flavour entry stays one', ({ flavour, magic }) => {
    const header = { ...tarHeader({ path: '.trigger', type: 'file', mode: 0o755 }), format: flavour }
    const tar = formatScripts([{ ...source, controlMembers: members({ header }) }], 7)
    expect(Buffer.from(tar.subarray(257, 265)).toString()).toBe(magic)
  })

  test('extended records are kept, under a header named after the new name', () => {
    const pax = new Map([
      ['SCHILY.xattr.user.a', utf8('b')],
      ['mtime', utf8('5.5')],
    ])
    const [read] = parseTar(encodeTarHeader(tarHeader({ path: '.trigger', type: 'file', mode: 0o755, pax })))
    const tar = formatScripts(
      [{ ...source, controlMembers: members({ header: read?.header ?? tarHeader({ path: '', type: 'file' }) }) }],
      7,
    )
    const [member] = parseTar(tar)
    expect([...(member?.header.pax.keys() ?? [])]).toEqual(['SCHILY.xattr.user.a'])
    expect(member?.header.mtime).toBe(7)
    expect(Buffer.from(tar.subarray(0, 30)).toString()).toBe(`PaxHeaders.0/a-1-r0.Q1${checksum.slice(0, 8)}`)
  })

  test('a name that fits no ustar header gets an extended one', () => {
    const tar = formatScripts([{ ...source, name: 'n'.repeat(90) }], 0)
    expect(parseTar(tar)[0]?.header.path).toBe(`${'n'.repeat(90)}-1-r0.Q1${checksum}.pre-install`)
  })

  test('triggers are one line per value', () => {
    expect(formatTriggers([source, { controlSha1, triggers: [] }])).toBe(`Q1${checksum} /bin /sbin\n`)
  })
})

test.each([
  ['usr/', 'usr'],
  ['./a//b/../c', 'a/c'],
  ['../a', '../a'],
  ['/../a', '/a'],
  ['', '.'],
  ['a/..', '.'],
  ['/', '/'],
])('cleanPath(%s) is %s', (path, cleaned) => {
  expect(cleanPath(path)).toBe(cleaned)
})
