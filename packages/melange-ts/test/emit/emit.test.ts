import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { instant, sha256Hex, utf8, utf8Decode } from '@apkts/encoding'
import { generateKeyPair, loadPrivateKey } from '@apkts/keyring'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  emitPackage,
  encodeCapabilities,
  installedSize,
  mergeRelations,
  type PackagePlan,
  withCapabilities,
} from '../../src/emit/index.ts'
import { packageTree, treeEntry } from '../../src/tree/index.ts'

const TREE = packageTree([
  treeEntry({
    path: 'usr/bin/x',
    type: 'file',
    mode: 0o4755,
    uid: 1000,
    gid: 2,
    content: { kind: 'bytes', bytes: utf8('x\n') },
    xattrs: new Map([['user.a', utf8('b')]]),
  }),
  treeEntry({ path: 'usr/bin/y', type: 'symlink', linkname: 'x' }),
  treeEntry({ path: 'usr/pipe', type: 'fifo' }),
])

const PLAN: PackagePlan = {
  info: {
    name: 'demo',
    version: '1.0-r0',
    arch: 'x86_64',
    origin: 'demo',
    description: 'a demo',
    url: '',
    commit: 'abc',
    namespace: 'test',
    dependencies: ['so:libc.so.6'],
  },
  melangeYaml: 'package: {}\n',
  scripts: { 'post-install': '#!/bin/sh\n' },
  tree: TREE,
  ownership: { buildUid: 1000, buildGid: 1000, users: new Map([[0, 'root']]), groups: new Map([[2, 'daemon']]) },
  buildDate: { ...instant(1700000000), nanos: 600_000_000 },
}

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emit-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('a package', () => {
  test('holds its files with owners by name and checksums', async () => {
    const { file, dataHash } = await emitPackage(PLAN, { directory })
    const bytes = await readFile(file)
    const { dataOffset, pkgInfo } = splitApk(bytes, file)
    const data = bytes.subarray(dataOffset)
    expect(pkgInfo.dataHash).toBe(sha256Hex(data))
    expect(dataHash).toBe(pkgInfo.dataHash)
    const entries = parseTar(gunzipAll(data, 1 << 20)).map(({ header }) => header)
    expect(entries.map(({ path }) => path)).toEqual(['usr', 'usr/bin', 'usr/bin/x', 'usr/bin/y', 'usr/pipe'])
    expect(entries[2]).toMatchObject({
      mode: 0o4755,
      uid: 0,
      uname: 'root',
      gid: 2,
      gname: 'daemon',
      mtime: 1700000001,
    })
    expect([...entries[2]!.pax.keys()]).toEqual(['APK-TOOLS.checksum.SHA1', 'SCHILY.xattr.user.a'])
    expect(utf8Decode(entries[3]!.pax.get('APK-TOOLS.checksum.SHA1')!)).toBe('11f6ad8ec52a2984abaafd7c3b516503785c2072')
    expect(entries[4]!.pax.size).toBe(0)
  })

  test('cuts the build date for its metadata', async () => {
    const { file } = await emitPackage(PLAN, { directory })
    expect(splitApk(await readFile(file), file).pkgInfo.buildDate).toBe(1700000000)
  })

  test('is the same whenever it is written, and leaves no other file', async () => {
    const first = await readFile((await emitPackage(PLAN, { directory })).file)
    const second = await readFile((await emitPackage(PLAN, { directory })).file)
    expect(first.equals(second)).toBe(true)
    expect(await readdir(directory)).toEqual(['demo-1.0-r0.apk'])
  })

  test('is signed when there is a key', async () => {
    const key = loadPrivateKey((await generateKeyPair({ bits: 2048 })).privatePem, 'test.rsa')
    const { file } = await emitPackage(PLAN, { directory, key })
    const { signatureMembers } = splitApk(await readFile(file), file)
    expect(signatureMembers.map(({ header }) => header.path)).toEqual(['.SIGN.RSA256.test.rsa.pub'])
  })

  test.each([
    ['description', { description: 'first\ndepend = injected' }],
    ['url', { url: 'https://x\r' }],
    ['dependencies', { dependencies: ['a\nprovides = b'] }],
    ['licence', { licenses: ['MIT\ncommit = x'] }],
    ['trigger paths', { triggers: ['/a\n'] }],
  ])('refuses a %s that would add lines to its metadata', async (_, fields) => {
    const plan = { ...PLAN, info: { ...PLAN.info, ...fields } }
    await expect(emitPackage(plan, { directory })).rejects.toMatchObject({ code: 'LINE_BREAK' })
    expect(await readdir(directory)).toEqual([])
  })

  test('leaves nothing behind when it cannot be read', async () => {
    const missing = treeEntry({
      path: 'x',
      type: 'file',
      content: { kind: 'file', path: join(directory, 'none'), offset: 0, size: 1 },
    })
    await expect(emitPackage({ ...PLAN, tree: packageTree([missing]) }, { directory })).rejects.toThrow()
    expect(await readdir(directory)).toEqual([])
  })
})

test('the installed size counts every directory as 4096, the root too', () => {
  expect(installedSize(TREE)).toBe(3 * 4096 + 2 + 1)
})

describe('relations', () => {
  const generated = { runtime: [] as string[], provides: [] as string[], vendored: [] as string[] }

  test.each([
    ['drop what the package provides', { runtime: ['cmd:x', 'b'], provides: ['cmd:x=1'] }, generated, ['b']],
    ['keep what names a version', { runtime: ['foo=1'], provides: ['foo'] }, generated, ['foo=1']],
    [
      'drop what is vendored',
      { runtime: [], provides: [] },
      { ...generated, runtime: ['so:a.so.1'], vendored: ['so:a.so.1=1'] },
      [],
    ],
    [
      'keep versions of libraries',
      { runtime: [], provides: [] },
      { ...generated, runtime: ['so-ver:a>=1.2'] },
      ['so-ver:a>=1.2'],
    ],
    [
      'drop versions of provided libraries',
      { runtime: [], provides: ['so-ver:a=2'] },
      { ...generated, runtime: ['so-ver:a>=1.2'] },
      [],
    ],
    ['are sorted by bytes, once each', { runtime: ['b', 'a', 'b', 'B'], provides: [] }, generated, ['B', 'a', 'b']],
  ])('%s', (_, declared, found, expected) => expect(mergeRelations(declared, found).runtime).toEqual(expected))

  test('never depend on what they provide', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'so:c', 'so-ver:d', 'cmd:e'))
    fc.assert(
      fc.property(names, names, names, (runtime, provides, vendored) => {
        const merged = mergeRelations({ runtime, provides: [] }, { runtime, provides, vendored })
        for (const name of merged.runtime) expect(provides).not.toContain(name)
      }),
    )
  })
})

describe('file capabilities', () => {
  test.each([
    [[['cap_net_raw,cap_net_bind_service', '+ep']], '010000030024000000000000000000000000000000000000'],
    [[['cap_sys_admin', '+eip']], '010000030000200000002000000000000000000000000000'],
    [[['cap_ipc_lock', '+i']], '000000030000000000400000000000000000000000000000'],
  ] as [[string, string][], string][])('%j', (add, expected) => {
    expect(Buffer.from(encodeCapabilities(add)).toString('hex')).toBe(expected)
  })

  test('unknown names are refused', () => {
    expect(() => encodeCapabilities([['cap_fly', '+e']])).toThrow(expect.objectContaining({ code: 'CAPABILITY' }))
  })

  test('go to the files named, and missing ones are told', () => {
    const missing: string[] = []
    const link = (path: string, linkname: string) => treeEntry({ path, type: 'symlink', linkname })
    const files = ['a', 'b/c', 'b/d', 'e/f'].map((path) => treeEntry({ path, type: 'file' }))
    const links = [link('to-c', 'b/c'), link('abs', '/b/d'), link('out', '../e/f')]
    const wanted = ['/a', 'to-c', 'abs', 'out', 'e', 'no', 'x/../a'].map((path) => ({
      path,
      add: { cap_net_raw: '+ep' },
    }))
    const tree = withCapabilities(packageTree([...files, ...links]), wanted, (path) => missing.push(path))
    const capable = tree.entries.filter(({ xattrs }) => xattrs.has('security.capability')).map(({ path }) => path)
    expect(capable).toEqual(['a', 'b/c', 'e'])
    expect(missing).toEqual(['abs', 'out', 'no', 'x/../a'])
  })
})
