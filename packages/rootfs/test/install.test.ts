import { instant, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { type Rootfs, readTextAt, walkTree } from '../src/index.ts'
import { installedRecord } from '../src/install/install.ts'
import { compose, dir, type EntrySpec, file, hard, link, makePackage, type PackageSpec } from './support/make.ts'

const INSTALLED = 'usr/lib/apk/db/installed'

function entry(rootfs: Rootfs, path: string) {
  return [...walkTree(rootfs)].find((item) => item.path === path)
}

/** Packages whose record in the database lists `R:<name>`. */
async function recordedBy(rootfs: Rootfs, name: string): Promise<string[]> {
  const records = (await readTextAt(rootfs.tree, INSTALLED))!.split('\n\n')
  return records
    .filter((record) => record.includes(`\nR:${name}\n`) || record.endsWith(`\nR:${name}`))
    .flatMap((record) => /^P:(.*)/m.exec(record)?.[1] ?? [])
}

function pkg(name: string, entries: readonly EntrySpec[], rest: Partial<PackageSpec> = {}): PackageSpec {
  return { name, entries: [dir('s'), ...entries], ...rest }
}

const replaces = (name: string) => ({ info: [`replaces = ${name}`] })

describe('a name that is taken', () => {
  const x = [file('s/f', 'x')]
  const y = [file('s/f', 'y')]
  const cases: [string, PackageSpec[], string, string[]][] = [
    ['same content, different origins: first', [pkg('a', x), pkg('b', x)], 'x', ['a']],
    ['same origin: last', [pkg('a', x, { origin: 'o' }), pkg('b', y, { origin: 'o' })], 'y', ['b']],
    ['no origins: last', [pkg('a', x, { origin: '' }), pkg('b', y, { origin: '' })], 'y', ['b']],
    ['second replaces first: second', [pkg('a', x), pkg('b', y, replaces('a'))], 'y', ['b']],
    ['first replaces second: first', [pkg('a', x, replaces('b')), pkg('b', y)], 'x', ['a']],
    ['both replace: first', [pkg('a', x, replaces('b')), pkg('b', y, replaces('a'))], 'x', ['a']],
    [
      'three of one origin: third',
      ['a', 'b', 'c'].map((name, i) => pkg(name, [x, y, x][i]!, { origin: 'o' })),
      'x',
      ['c'],
    ],
    ['the same path twice in one package: second, listed twice', [pkg('a', [...x, ...y])], 'y', ['a']],
  ]

  test.each(cases)('%s', async (_, packages, content, owners) => {
    const rootfs = await compose(packages)
    expect(await readTextAt(rootfs.tree, 's/f')).toBe(content)
    expect(await recordedBy(rootfs, 'f')).toEqual(owners)
  })

  test.each([
    ['different origins', [pkg('a', x), pkg('b', y)]],
    ['a versioned replaces', [pkg('a', x), pkg('b', y, replaces('a<2'))]],
    ['a directory', [pkg('a', [dir('s/f')]), pkg('b', y, replaces('a'))]],
    ['a symlink over a directory', [pkg('a', [dir('s/f')]), pkg('b', [link('s/f', 'x')], replaces('a'))]],
    ['a device', [pkg('a', [file('dev/null', 'x')])]],
    ['an empty file of apk', [pkg('a', [dir('usr/lib/apk/db'), file('usr/lib/apk/db/lock', '')])]],
    ['the world file', [pkg('a', [file('etc/apk/world', 'x')])]],
  ])('conflicts: %s', async (_, packages) => {
    await expect(compose(packages)).rejects.toMatchObject({
      code: 'FILE_CONFLICT',
      message: expect.stringMatching(/s\/f|dev\/null|lock|world/),
    })
  })

  test('a conflict names both packages, their origins and the path', async () => {
    const packages = [pkg('a', x, { origin: 'one' }), pkg('b', y, { origin: 'two' })]
    await expect(compose(packages)).rejects.toThrow(/a \(origin one\).*b \(origin two\).*s\/f/)
  })

  test('a packaged key equal to the keyring is kept as it is, and listed', async () => {
    const keyed = { keys: new Map([['k.rsa.pub', 'KEY']]) }
    const rootfs = await compose(
      [pkg('a', [dir('etc/apk/keys'), file('etc/apk/keys/k.rsa.pub', 'KEY', { mode: 0o600 })])],
      {},
      keyed,
    )
    expect(entry(rootfs, 'etc/apk/keys/k.rsa.pub')).toMatchObject({ header: { mode: 0o644 } })
    expect(entry(rootfs, 'etc/apk/keys/k.rsa.pub')).toMatchObject({ owner: undefined })
  })

  test.each([
    ['symlinks with the same text: kept, both list it', [link('s/l', 't')], [link('s/l', 't')], 't', ['a', 'b']],
    ['symlinks with another text: replaced, both list it', [link('s/l', 't')], [link('s/l', 'u')], 'u', ['a', 'b']],
    ['a file, then a symlink: the record stays with the file', [file('s/l', 'x')], [link('s/l', 'u')], 'u', ['a']],
  ])('%s', async (_, first, second, target, owners) => {
    const rootfs = await compose([pkg('a', first), pkg('b', second, replaces('a'))])
    expect(rootfs.tree.get('s/l', { followLast: false })).toMatchObject({ kind: 'symlink', target })
    expect(await recordedBy(rootfs, 'l')).toEqual(owners)
  })

  test('a file over a hard-linked name breaks the link', async () => {
    const first = [file('s/f', 'x'), hard('s/h', 's/f')]
    const rootfs = await compose([pkg('a', first), pkg('b', [file('s/h', 'y')], replaces('a'))])
    expect(await Promise.all(['s/f', 's/h'].map((path) => readTextAt(rootfs.tree, path)))).toEqual(['x', 'y'])
    expect(entry(rootfs, 's/h')?.header.type).toBe('file')
  })
})

describe('entries', () => {
  test('owners are dropped from the image, sticky bits from directories only', async () => {
    const owned = { uid: 5, gid: 6, uname: 'x', gname: 'y' }
    const rootfs = await compose([
      pkg('a', [dir('s/d', { ...owned, mode: 0o3770 }), file('s/f', '', { ...owned, mode: 0o6755 })]),
    ])
    expect(entry(rootfs, 's/d')?.header).toMatchObject({ mode: 0o770, uid: 0, gid: 0 })
    expect(entry(rootfs, 's/f')?.header).toMatchObject({ mode: 0o6755, uid: 0, gid: 0 })
  })

  test('of a directory the first mode and the last time win', async () => {
    const rootfs = await compose([
      pkg('a', [dir('s/d', { mode: 0o700, mtime: 1 })]),
      pkg('b', [dir('s/d', { mode: 0o755, mtime: 2 })]),
    ])
    expect(entry(rootfs, 's/d')?.header).toMatchObject({ mode: 0o700, mtime: 2 })
  })

  test('leading dot files of the root are metadata, later ones are files', async () => {
    const rootfs = await compose([{ name: 'a', entries: [file('.hidden', 'x'), file('f', 'x'), file('.late', 'x')] }])
    expect(rootfs.tree.lookup('.hidden')).toBeUndefined()
    expect(rootfs.tree.lookup('.late')).toBeDefined()
  })

  test('extended attributes land on what the path leads to', async () => {
    const pax = new Map([
      ['SCHILY.xattr.user.k', utf8('v')],
      ['APK-TOOLS.checksum.SHA1', utf8('0'.repeat(40))],
    ])
    const rootfs = await compose([pkg('a', [file('s/f', 'x'), link('s/l', 'f', { pax })])])
    expect(entry(rootfs, 's/f')?.header.pax).toEqual(new Map([['SCHILY.xattr.user.k', utf8('v')]]))
  })

  test('a hard link reached through a directory symlink is a full file', async () => {
    const rootfs = await compose([
      pkg('a', [
        dir('usr/lib'),
        link('lib', 'usr/lib'),
        file('usr/lib/f', 'x'),
        hard('lib/g', 'usr/lib/f'),
        hard('usr/lib/h', 'usr/lib/f'),
      ]),
    ])
    expect(entry(rootfs, 'usr/lib/g')?.header).toMatchObject({ type: 'file', size: 1 })
    expect(entry(rootfs, 'usr/lib/h')?.header).toMatchObject({ type: 'hardlink', linkname: 'usr/lib/f', size: 0 })
  })

  test.each([
    ['ENTRY_UNSUPPORTED', [{ path: 's/p', header: { type: 'fifo' as const } }], /a contains s\/p of type fifo/],
    ['ENTRY_CHECKSUM_MISSING', [file('s/f', 'x', { pax: new Map() })], /s\/f has no SHA-1/],
    ['PATH_NOT_FOUND', [file('nowhere/f', 'x')], /package a: nowhere/],
    ['PATH_NOT_FOUND', [hard('s/h', 's/none')], /hard link s\/h leads to s\/none/],
    ['PATH_EXISTS', [file('s/f', 'x'), file('s/g', 'y'), hard('s/g', 's/f')], /package a: s\/g already exists/],
    ['NOT_A_DIRECTORY', [file('s/f', 'x'), dir('s/f')], /package a: \/s\/f: not a directory/],
    ['NOT_A_DIRECTORY', [link('s/l', 'none'), dir('s/l')], /package a: \/s\/l/],
    ['PATH_INVALID', [file('s/../../f', 'x')], /package a/],
  ])('%s', async (code, entries, message) => {
    await expect(compose([pkg('a', entries)])).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('the database of installed packages', () => {
  const fileLines = async (entries: readonly EntrySpec[]) => {
    const rootfs = await compose([{ name: 'p', entries }])
    const record = (await readTextAt(rootfs.tree, INSTALLED))!
    const lines = record.split('\n').filter((line) => /^[FRMa]:/.test(line))
    return lines.join(' ')
  }

  test.each([
    [
      'modes and owners as packaged',
      [
        dir('s', { mode: 0o700, uid: 5, gid: 6 }),
        file('s/f', 'x', { mode: 0o4755, uid: 7, gid: 8 }),
        file('s/g', 'x', { mode: 0o600, gid: 9 }),
        link('s/l', 'f', { uid: 3 }),
        dir('s/t', { mode: 0o1777 }),
      ],
      'F:s M:5:6:0700 R:f a:7:8:4755 R:g a:0:9:0600 R:l a:3:0:0777 F:s/t M:0:0:1777',
    ],
    [
      'files of the root first',
      [file('zfile', 'x'), dir('s'), file('s/f', 'x'), file('afile', 'x', { mode: 0o600 })],
      'F: R:afile a:0:0:0600 R:zfile F:s R:f',
    ],
    ['no directory entry, no record', [dir('s/deep/er', { mode: 0o700 }), file('s/deep/er/f', 'x')], ''],
    [
      'hard links without checksum',
      [dir('s'), file('s/f', 'x', { mode: 0o755 }), hard('s/h', 's/f')],
      'F:s R:f a:0:0:0755 R:h',
    ],
  ])('%s', async (_, entries, expected) => {
    expect(await fileLines(entries)).toBe(expected)
  })

  test('lines known before are used as long as all files belong to the package', () => {
    const made = makePackage({ name: 'p', entries: [dir('s'), file('s/f', 'x')] })
    const files = made.entries.map(({ header }) => header)
    const known = { ...made, installedLines: 'F:s\nR:known\n' }
    expect(installedRecord({ package: known, files })).toMatch(/\nC:[^\n]+\nF:s\nR:known\n\n$/)
    expect(installedRecord({ package: known, files: files.slice(0, 1) })).toMatch(/\nF:s\n\n$/)
    expect(installedRecord({ package: made, files })).toMatch(/\nF:s\nR:f\nZ:[^\n]+\n\n$/)
  })

  test('a base image comes first, rewritten with apko’s losses, and its packages are not installed again', async () => {
    const installed = 'P:old\nV:1\nL:MIT\ni:[a]\nF:etc\nM:1:1:0700\nR:x\na:0:0:0600\nZ:Q1\n\nP:cut-off\nV:1\n'
    const rootfs = await compose([pkg('old', []), pkg('new', [])], {}, { base: { installed } })
    const text = await readTextAt(rootfs.tree, INSTALLED)
    expect(text).toMatch(/^P:old\nV:1\nA:\nL:MIT\n.*i:\[\[a\]\]\nt:0\nS:0\nI:0\nk:0\nC:\nF:etc\nR:x\n\nP:new\n/s)
    expect(text).not.toContain('cut-off')
    expect(rootfs.installed.map((item) => item.package.pkgInfo.name)).toEqual(['new'])
    expect(rootfs.tree.lookup('etc/passwd')).toBeUndefined()
  })
})

describe('scripts and triggers', () => {
  const script = (path: string, mode: number) => ({
    header: {
      ...makePackage({ name: 'h', entries: [file(path, '#!')] }).entries[0]!.header,
      mode,
      pax: new Map(),
      format: 'ustar' as const,
    },
    content: utf8('#!'),
    offset: 0,
  })
  const scripted = (name: string) => ({
    ...makePackage({ name, info: ['triggers = /bin /usr/bin'] }),
    controlMembers: [script('.PKGINFO', 0o755), script('.post-install', 0o755), script('.melange.yaml', 0o644)],
  })

  test('executable control members are kept under the name of their package', async () => {
    const rootfs = await compose([], {}, { packages: [scripted('a')], contextDate: instant(77) })
    const scripts = (await readTextAt(rootfs.tree, 'usr/lib/apk/db/scripts.tar'))!
    expect(scripts.length).toBe(512 + 512 + 1024)
    expect(scripts).toMatch(/^a-1-r0\.Q1[A-Za-z0-9+/=]+\.post-install\0/)
    expect(scripts.slice(136, 147)).toBe('00000000115')
    expect(await readTextAt(rootfs.tree, 'usr/lib/apk/db/triggers')).toMatch(/^Q1\S+ \/bin \/usr\/bin\n$/)
  })

  test('a name that does not fit the entry’s ustar header is an error naming the package', async () => {
    const long = `${'a'.repeat(70)}`
    const composed = compose([], {}, { packages: [scripted(long)] })
    await expect(composed).rejects.toMatchObject({ code: 'SCRIPT_UNSTORABLE', message: expect.stringContaining(long) })
  })
})

describe('lib/apk', () => {
  test.each([
    ['no /lib', [], 'lib/apk', '../usr/lib/apk'],
    ['a merged /usr', [dir('usr/lib'), link('lib', 'usr/lib')], 'lib', 'usr/lib'],
    ['an absolute link', [dir('usr/lib'), link('lib', '/usr/lib')], 'lib', '/usr/lib'],
    ['an empty database directory', [dir('lib/apk/db'), dir('lib/apk/exec')], 'lib/apk', '../usr/lib/apk'],
    ['its own link', [dir('lib'), link('lib/apk', '/usr/lib/apk')], 'lib/apk', '/usr/lib/apk'],
  ])('%s', async (_, entries, path, target) => {
    const rootfs = await compose([{ name: 'a', entries }])
    expect(rootfs.tree.get(path, { followLast: false })).toMatchObject({ kind: 'symlink', target })
  })

  test.each([
    ['a link of a package', 'P:merged\nF:\nR:bin\nR:lib\nF:usr\n\n', undefined],
    ['a package that provides merged-lib', 'P:merged\np:merged-bin merged-lib\nF:usr\nR:lib\n\n', undefined],
    ['no link: another package, a file elsewhere', 'P:other\np:merged-lib64\nF:usr\nR:lib\n\n', 'directory'],
  ])('a base image with %s', async (_, installed, kind) => {
    const rootfs = await compose([pkg('new', [])], {}, { base: { installed } })
    expect(rootfs.tree.lookup('lib', { followLast: false })?.kind).toBe(kind)
  })

  test('a package that provides merged-lib gets its link', async () => {
    const rootfs = await compose([{ name: 'a', info: ['provides = merged-lib'] }])
    expect(rootfs.tree.get('lib', { followLast: false })).toMatchObject({ kind: 'symlink', target: 'usr/lib' })
  })

  test('files below /lib/apk are an error', async () => {
    const entries = [dir('lib'), dir('lib/apk'), file('lib/apk/f', 'x')]
    await expect(compose([{ name: 'a', entries }])).rejects.toMatchObject({ code: 'DIRECTORY_NOT_EMPTY' })
  })
})

describe('hard links', () => {
  const entries = [dir('usr'), file('usr/middle', 'x'), hard('usr/after', 'usr/middle'), hard('usr/zz', 'usr/middle')]
  const linked = async (input: Parameters<typeof compose>[2]) => {
    const rootfs = await compose([{ name: 'a', entries }], {}, input)
    return [...walkTree(rootfs)]
      .filter(({ path }) => path.startsWith('usr/') && !path.startsWith('usr/lib'))
      .map(({ path, header }) => `${path} ${header.type} ${header.size} ${header.linkname}`.trimEnd())
  }

  test('stand where their names do, as in apko, also before the file', async () => {
    expect(await linked({})).toEqual([
      'usr/after hardlink 0 usr/middle',
      'usr/middle file 1',
      'usr/zz hardlink 0 usr/middle',
    ])
  })

  test('link back when asked to, for readers that cannot go back', async () => {
    expect(await linked({ streamableLinks: true })).toEqual([
      'usr/after file 1',
      'usr/middle hardlink 0 usr/after',
      'usr/zz hardlink 0 usr/after',
    ])
  })

  test('by a path mutation are files of their own either way', async () => {
    const paths = [{ path: '/usr/aa', type: 'hardlink', source: '/usr/middle', permissions: 0o644, recursive: false }]
    const rootfs = await compose([{ name: 'a', entries }], { paths }, { streamableLinks: true })
    const types = [...walkTree(rootfs)]
      .filter(({ path }) => /^usr\/(aa|after)$/.test(path))
      .map(({ header }) => header.type)
    expect(types).toEqual(['file', 'file'])
  })
})
