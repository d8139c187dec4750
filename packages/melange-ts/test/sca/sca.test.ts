import { gzipSync } from 'node:zlib'
import { kernelVersion, moduleVersion } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { analyse, libraryVersion, NO_SCA_OPTIONS, type ScaOptions } from '../../src/sca/index.ts'
import { interpreterOf } from '../../src/sca/shebangs.ts'
import { type PackageTree, packageTree, type TreeEntry, treeEntry } from '../../src/tree/index.ts'
import { elfImage } from '../elf/elf-image.ts'

type Content = string | Uint8Array | { link: string } | { mode: number; text: string }

function tree(files: Readonly<Record<string, Content>>): PackageTree {
  return packageTree(Object.entries(files).map(([path, content]) => entry(path, content)))
}

function entry(path: string, content: Content): TreeEntry {
  if (path.endsWith('/')) return treeEntry({ path: path.slice(0, -1), type: 'directory' })
  if (typeof content === 'string') return file(path, utf8(content))
  if (content instanceof Uint8Array) return file(path, content)
  if ('link' in content) return treeEntry({ path, type: 'symlink', linkname: content.link })
  return { ...file(path, utf8(content.text)), mode: content.mode }
}

function file(path: string, bytes: Uint8Array): TreeEntry {
  return treeEntry({ path, type: 'file', content: { kind: 'bytes', bytes } })
}

interface Options {
  readonly name?: string
  readonly runtime?: readonly string[]
  readonly options?: Partial<ScaOptions>
  readonly relatives?: readonly Readonly<Record<string, Content>>[]
  readonly versionOf?: (library: string) => string | undefined
}

async function found(files: Readonly<Record<string, Content>>, options: Options = {}) {
  const packages = [files, ...(options.relatives ?? [])].map((content, at) => ({
    name: at === 0 ? (options.name ?? 'pkg') : `pkg-${at}`,
    tree: tree(content),
    options: { ...NO_SCA_OPTIONS, ...options.options },
    runtime: options.runtime ?? [],
  }))
  return analyse({ version: '1.2-r3', packages, versionOf: options.versionOf }, packages[0]!)
}

const LIBRARY = elfImage({ sonames: ['libfoo.so.1'], needed: ['libc.so.6', 'libplain.so', 'libcuda.so.1'] })

describe('shared objects', () => {
  test('in a library directory are provided, with the version of their name', async () => {
    expect(await found({ 'usr/lib/libfoo.so.1': LIBRARY })).toEqual({
      runtime: ['so:libc.so.6'],
      provides: ['so-ver:libfoo.so.1=1.2-r3', 'so:libfoo.so.1=1'],
      vendored: [],
    })
  })

  test('elsewhere are vendored', async () => {
    expect((await found({ 'opt/x/libfoo.so.1': LIBRARY })).vendored).toEqual([
      'so-ver:libfoo.so.1=1.2-r3',
      'so:libfoo.so.1=1',
    ])
  })

  test('of which only debug data is left need no interpreter', async () => {
    const debug = elfImage({ interpreter: '', sonames: ['libfoo.so.1'] })
    expect(await found({ 'usr/lib/debug/usr/bin/x.debug': debug })).toMatchObject({
      runtime: [],
      vendored: ['so-ver:libfoo.so.1=1.2-r3', 'so:libfoo.so.1=1'],
    })
  })

  test('are provided through a relative link, but not through an absolute one', async () => {
    const through = (link: string) => found({ 'usr/lib/p/libfoo.so.1': LIBRARY, 'usr/lib/libfoo.so.1': { link } })
    expect((await through('p/libfoo.so.1')).provides).toContain('so:libfoo.so.1=1')
    expect((await through('/usr/lib/p/libfoo.so.1')).provides).toEqual([])
  })

  test('in directories of the linker’s configuration are provided, whichever package configures it', async () => {
    const files = { 'opt/x/libfoo.so.1': LIBRARY }
    const relatives = [{ 'etc/ld.so.conf.d/x.conf': '# comment\n/opt/x/\n' }]
    expect((await found(files, { relatives })).provides).toContain('so:libfoo.so.1=1')
  })

  test('of another package are needed by the link that developers use', async () => {
    const relatives = [{ 'usr/lib/libfoo.so.1': LIBRARY }]
    expect((await found({ 'usr/lib/libfoo.so': { link: 'libfoo.so.1' } }, { relatives })).runtime).toEqual([
      'so:libfoo.so.1',
    ])
  })

  test('that programs load make the interpreter a dependency', async () => {
    const program = (interpreter: string) => found({ 'usr/bin/x': elfImage({ interpreter }) })
    expect((await program('/lib64/ld-linux-x86-64.so.2')).runtime).toEqual(['so:ld-linux-x86-64.so.2'])
    expect((await program('/lib/ld-musl-x86_64.so.1')).runtime).toEqual(['so:libc.musl-x86_64.so.1'])
  })

  test('are needed in the version that they were linked against, when asked', async () => {
    const versionOf = (): string => '2.40-r1'
    const files = { 'usr/lib/libfoo.so.1': LIBRARY }
    expect((await found(files, { versionOf })).runtime).toEqual(['so-ver:libc.so.6>=2.40-r1', 'so:libc.so.6'])
    expect((await found(files, { versionOf, options: { noVersionedShlibDeps: true } })).runtime).toEqual([
      'so:libc.so.6',
    ])
  })
})

test.each([
  ['libfoo.so.1', '1'],
  ['libfoo.so.1.2.3', '1.2.3'],
  ['libfoo.so', '0'],
  ['libfoo.so.1a', '0'],
  ['libfoo.so.0unstable', '0'],
  ['libx.so.1.so.2', '1'],
  ['libfoo-1.2.so.3', '3'],
])('the version of %s is %s', (soname, version) => expect(libraryVersion(soname)).toBe(version))

describe('commands', () => {
  test.each([
    ['usr/bin/x', 0o755, ['cmd:x=1.2-r3']],
    ['usr/sbin/x', 0o555, ['cmd:x=1.2-r3']],
    ['bin/x', 0o4755, ['cmd:x=1.2-r3']],
    ['usr/bin/x', 0o744, []],
    ['usr/local/bin/x', 0o755, []],
    ['usr/bin/deep/x', 0o755, []],
  ])('%s with mode %o', async (path, mode, expected) => {
    expect((await found({ [path]: { mode, text: '' } })).provides).toEqual(expected)
  })

  test('vanish with no-commands, needed ones too', async () => {
    const files = { 'usr/bin/x': { mode: 0o755, text: '#!/usr/bin/perl\n' } }
    const result = await found(files, { options: { noCommands: true } })
    expect(result).toEqual({ runtime: [], provides: [], vendored: [] })
  })
})

describe('languages', () => {
  test.each([
    [{ 'usr/lib/perl5/vendor_perl/': '' }, [], ['perl~5']],
    [{ 'lib/perl5/vendor_perl/': '' }, [], ['perl~5']],
    [{ 'usr/lib/perl5/vendor_perl/': '' }, ['perl'], []],
    [{ 'usr/lib/python3.12/site-packages/': '' }, [], ['python-3.12-base']],
    [{ 'usr/lib/python3.12/site-packages/': '' }, ['python3'], []],
    [{ 'usr/lib/ruby/gems/3.2.0/gems/': '' }, [], ['ruby-3.2']],
    [{ 'usr/lib/ruby/gems/3.3.7/gems/': '' }, [], []],
    [{ 'usr/lib/ruby/gems/3.2.0/gems/': '' }, ['ruby-3.1'], []],
  ])('%j with %j declared', async (files, runtime, expected) => {
    expect((await found(files as Record<string, Content>, { runtime })).runtime).toEqual(expected)
  })

  test('documentation needs its reader, in documentation packages only', async () => {
    const files = { 'usr/share/man/man1/': '', 'usr/share/info/x.info': '' }
    expect((await found(files, { name: 'pkg-doc' })).runtime).toEqual(['man-db', 'texinfo'])
    expect((await found(files)).runtime).toEqual([])
  })
})

describe('first lines of scripts', () => {
  test.each([
    ['#!/usr/bin/fish\r\n', ['cmd:fish']],
    ['#!/usr/bin/env ruby\n', ['cmd:ruby']],
    ['#!/usr/bin/env -S perl -w\n', ['cmd:perl']],
    ['#!/usr/bin/env -S -i perl\n', []],
    ['#!/usr/bin/env -i perl\n', []],
    ['#!/bin/sh\n', []],
    ['#!/usr/bin/python3\n', []],
    ['#!\n', []],
    ['no script', []],
  ])('%j', async (text, expected) => {
    expect((await found({ 'usr/bin/script': text })).runtime).toEqual(expected)
  })

  test('count only in directories of programs', async () => {
    expect((await found({ 'usr/share/script': '#!/usr/bin/fish\n' })).runtime).toEqual([])
    expect((await found({ 'usr/local/bin/a/script': '#!/usr/bin/fish\n' })).runtime).toEqual(['cmd:fish'])
  })

  test('of env without a program have no interpreter', () => {
    expect(interpreterOf(['/usr/bin/env'])).toBeUndefined()
  })
})

describe('kernels', () => {
  const text = (value: string): Uint8Array => utf8(value)

  test.each([
    ['from the banner', text('\0\0Linux version 6.6.1_test.x-y+z (gcc)\n'), '6.6.1_test.x-y'],
    [
      'from inside a compressed part',
      Buffer.concat([Buffer.from('stub'), gzipSync('Linux version 6.1.0 (x)')]),
      '6.1.0',
    ],
    ['of a compressed file', gzipSync('Linux version 5.15.2-arch\n'), '5.15.2-arch'],
    ['of anything else', text('nothing'), undefined],
  ])('%s', (_, bytes, expected) => expect(kernelVersion(bytes)).toBe(expected))

  test('from the x86 boot header', () => {
    const image = Buffer.alloc(2048)
    image.write('HdrS', 514)
    image.writeUInt16LE(0x100, 526)
    image.write('6.9.3-generic (builder) #1\0', 0x300)
    expect(kernelVersion(image)).toBe('6.9.3-generic')
  })

  test('are provided; modules need theirs', async () => {
    const files = { 'boot/vmlinuz': 'Linux version 6.1\n', 'usr/lib/modules/6.1/x.ko': 'vermagic=6.1 SMP\0' }
    expect(await found(files)).toMatchObject({ provides: ['linux:6.1'], runtime: ['linux:6.1'] })
  })

  test('a module without the mark is for none', () => expect(moduleVersion(text('vermagic='))).toBeUndefined())
})

test('no-depends and no-provides empty the lists, vendored names stay', async () => {
  const files = { 'usr/lib/libfoo.so.1': LIBRARY, 'opt/x/libfoo.so.1': LIBRARY }
  const result = await found(files, { options: { noDepends: true, noProvides: true } })
  expect(result).toEqual({ runtime: [], provides: [], vendored: ['so-ver:libfoo.so.1=1.2-r3', 'so:libfoo.so.1=1'] })
})
