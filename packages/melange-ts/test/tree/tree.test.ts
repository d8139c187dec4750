import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTar, tarHeader, writeTar } from '@apkts/archive'
import { silentLog } from '@apkts/diagnostics'
import { utf8, utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  comparePaths,
  followPath,
  packageTree,
  parseGetfattr,
  readStart,
  readXattrs,
  treeEntry,
  treeFromDirectory,
  treeFromTar,
} from '../../src/tree/index.ts'

const link = (path: string, linkname: string) => treeEntry({ path, type: 'symlink', linkname })
const plain = (path: string) => treeEntry({ path, type: 'file' })

describe('the order of a tree', () => {
  test('is that of a depth-first walk, names in byte order', () => {
    const paths = ['etc.d', 'etc', 'usr/bin', 'usr/a.d', 'usr/a/z', 'usr/a', 'usr', 'etc/x']
    expect([...paths].sort(comparePaths)).toEqual([
      'etc',
      'etc/x',
      'etc.d',
      'usr',
      'usr/a',
      'usr/a/z',
      'usr/a.d',
      'usr/bin',
    ])
  })

  test('has every parent before its children', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ü'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const tree = packageTree(paths.map((parts) => treeEntry({ path: parts.join('/'), type: 'directory' })))
        const seen = new Set<string>([''])
        for (const entry of tree.entries) {
          expect(seen.has(entry.path.split('/').slice(0, -1).join('/'))).toBe(true)
          seen.add(entry.path)
        }
      }),
    )
  })
})

describe('following a path', () => {
  const tree = packageTree([
    plain('usr/lib/libx.so.1.2'),
    link('usr/lib/libx.so', 'libx.so.1.2'),
    link('lib', 'usr/lib'),
    link('loop', 'loop'),
    link('abs', '/usr/lib/libx.so'),
    link('out', '../../etc/passwd'),
    link('usr/up', '../usr/./lib//libx.so'),
    link('dangling', 'nothing'),
  ])

  test.each([
    ['usr/lib/libx.so', 'usr/lib/libx.so.1.2'],
    ['lib/libx.so', 'usr/lib/libx.so.1.2'],
    ['usr/up', 'usr/lib/libx.so.1.2'],
    ['usr/lib', 'usr/lib'],
  ])('%s leads to %s', (path, expected) => expect(followPath(tree, path)?.path).toBe(expected))

  test.each(['loop', 'abs', 'out', 'dangling', 'usr/nothing'])('%s leads nowhere', (path) => {
    expect(followPath(tree, path)).toBeUndefined()
  })
})

test('a tar gives files for hard links and attributes for pax records', () => {
  const tar = writeTar([
    {
      header: tarHeader({ path: './usr/a', type: 'file', size: 2, pax: new Map([['SCHILY.xattr.user.x', utf8('v')]]) }),
      content: utf8('hi'),
    },
    { header: tarHeader({ path: 'usr/b', type: 'hardlink', linkname: 'usr/a' }) },
  ])
  const tree = treeFromTar(parseTar(tar))
  expect(tree.entries.map(({ path, type }) => `${type} ${path}`)).toEqual(['directory usr', 'file usr/a', 'file usr/b'])
  expect(utf8Decode(readStart(tree.get('usr/b')!.content, 10))).toBe('hi')
  expect(utf8Decode(tree.get('usr/a')!.xattrs.get('user.x')!)).toBe('v')
})

test('the output of getfattr gives attributes by path', () => {
  const text =
    '# file: ./usr/bin/x\nuser.b=0x6869\nsecurity.selinux=0x00\n\n# file: sp\\040ace\\303\\274\nuser.empty=""\n\n'
  const found = parseGetfattr(text)
  expect([...found.keys()]).toEqual(['usr/bin/x', 'sp aceü'])
  expect([...found.get('usr/bin/x')!]).toEqual([['user.b', new Uint8Array(utf8('hi'))]])
  expect(found.get('sp aceü')!.get('user.empty')).toEqual(new Uint8Array())
})

describe('a directory', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tree-test-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  test('keeps the special bits of files, not those of directories', async () => {
    await mkdir(join(root, 'd'))
    await chmod(join(root, 'd'), 0o1777)
    await writeFile(join(root, 'f'), 'x')
    await chmod(join(root, 'f'), 0o4755)
    const tree = await treeFromDirectory(root)
    expect([tree.get('d')!.mode, tree.get('f')!.mode]).toEqual([0o777, 0o4755])
  })

  test('gives links verbatim and makes root of the caller when asked', async () => {
    await symlink('/any/where', join(root, 'l'))
    await writeFile(join(root, 'f'), '')
    const caller = { uid: process.getuid!(), gid: process.getgid!() }
    const tree = await treeFromDirectory(root, { caller })
    expect(tree.get('l')).toMatchObject({ type: 'symlink', linkname: '/any/where', uid: 0, mode: 0o777 })
    expect(tree.get('f')).toMatchObject({ uid: 0, gid: 0 })
  })

  test('reads files that their owner may not read', async () => {
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'f'), 'secret')
    await chmod(join(root, 'd', 'f'), 0)
    await chmod(join(root, 'd'), 0)
    const tree = await treeFromDirectory(root)
    expect(tree.get('d/f')!.mode).toBe(0)
    expect(utf8Decode(readStart(tree.get('d/f')!.content, 10))).toBe('secret')
  })

  test('may not contain sockets', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(root, 's'), resolve))
    await expect(treeFromDirectory(root)).rejects.toMatchObject({ code: 'UNSUPPORTED_FILE' })
    await new Promise((resolve) => server.close(resolve))
  })

  test('may not contain names that are not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0x61)]), '')
    await expect(treeFromDirectory(root)).rejects.toMatchObject({ code: 'FILE_NAME' })
  })

  const attributes = canSetAttributes()
  test.skipIf(!attributes)('tells extended attributes (skipped: no tool sets them here)', async () => {
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'f'), 'x')
    setAttribute(join(root, 'd', 'f'), 'user.colour', 'blue')
    const found = await readXattrs(root, silentLog)
    expect(utf8Decode(found.get('d/f')!.get('user.colour')!)).toBe('blue')
  })
})

function setAttribute(file: string, name: string, value: string): void {
  const script = 'import os,sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())'
  execFileSync('python3', ['-c', script, file, name, value], { stdio: 'ignore' })
}

function canSetAttributes(): boolean {
  try {
    setAttribute(tmpdir(), 'user.probe', 'x')
    return true
  } catch {
    return false
  }
}
