import { silentLog } from '@apkts/diagnostics'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { humaniseBytes } from '../../src/lint/humanise.ts'
import {
  checkLinterNames,
  consoleLines,
  DEFAULT_REQUIRED,
  DEFAULT_WARNING,
  LINTERS,
  type LintSubject,
  lintFailure,
  lintPackage,
  lintResultText,
} from '../../src/lint/index.ts'
import { packageTree, type TreeEntry, treeEntry } from '../../src/tree/index.ts'
import { elfImage } from '../elf/elf-image.ts'

const file = (path: string, fields: Partial<TreeEntry> = {}): TreeEntry => treeEntry({ path, type: 'file', ...fields })
const bytes = (content: Uint8Array): Partial<TreeEntry> => ({ content: { kind: 'bytes', bytes: content } })

function subject(entries: readonly TreeEntry[], fields: Partial<LintSubject> = {}): LintSubject {
  return { name: 'pkg', tree: packageTree(entries), testUses: [], ...fields }
}

function items(linter: string, entries: readonly TreeEntry[], fields: Partial<LintSubject> = {}) {
  const finding = LINTERS.get(linter)!.check(subject(entries, fields))
  return finding === undefined ? undefined : (finding.items ?? [finding.message])
}

test('the defaults name linters that exist, and all but three of them', () => {
  const names = [...DEFAULT_REQUIRED, ...DEFAULT_WARNING]
  expect(() => checkLinterNames(names)).not.toThrow()
  expect([...LINTERS.keys()].filter((name) => !names.includes(name)).sort()).toEqual([
    'documentation',
    'empty',
    'unstripped',
  ])
})

describe('a file', () => {
  test.each([
    ['cudaruntimelib', 'usr/lib/libcuda.so.1', true],
    ['cudaruntimelib', 'usr/lib/libcudart.so.1', false],
    ['dev', 'dev/null', true],
    ['dev', 'usr/dev/null', false],
    ['dll', 'usr/lib/w.dll', true],
    ['documentation', 'usr/share/doc/README.md', true],
    ['documentation', 'usr/share/doc/page.1', false],
    ['dylib', 'usr/lib/v.dylib', true],
    ['infodir', 'usr/share/info/dir', true],
    ['infodir', 'usr/share/info/directory', false],
    ['lddcheck', 'usr/lib/libq.so.1.2', true],
    ['libtool/la-files', 'usr/lib/z.la', true],
    ['maninfo', 'usr/share/man/man1/a.1.gz', true],
    ['maninfo', 'usr/share/info/a.info-1', true],
    ['maninfo', 'usr/share/man.txt', false],
    ['nonlinux', 'usr/share/Darwin.h', true],
    ['nonlinux', 'usr/share/linux', false],
    ['object', 'usr/lib/x.o', true],
    ['opt', 'opt/x', true],
    ['pkgconf', 'usr/share/pkgconfig/p.pc', true],
    ['sbom', 'var/lib/db/sbom/extra.txt', true],
    ['sbom', 'var/lib/db/sbom/pkg.spdx.json', false],
    ['srv', 'srv/x', true],
    ['staticarchive', 'usr/lib/y.a', true],
    ['tempdir', 'var/tmp/y', true],
    ['tempdir', 'usr/tmp/y', false],
    ['unsupportedarch', 'usr/share/tool-i386', true],
    ['unsupportedarch', 'usr/lib/riscv64/x', true],
    ['unsupportedarch', 'usr/share/tool-i386-x86_64', false],
    ['unsupportedarch', 'i386/x', false],
    ['usrlocal', 'usr/local/bin/x', true],
    ['usrmerge', 'bin/old', true],
    ['usrmerge', 'usr/bin/new', false],
    ['varempty', 'var/empty/x', true],
  ])('%s looks at %s', (linter, path, bad) => expect(items(linter, [file(path)]) !== undefined).toBe(bad))

  test.each([
    ['dll', '-dev', 'usr/lib/w.dll'],
    ['documentation', '-doc', 'README'],
    ['maninfo', '-doc', 'usr/share/man/man1/a.1'],
    ['opt', '-compat', 'opt/x'],
    ['staticarchive', '-static', 'usr/lib/y.a'],
    ['usrlocal', '-compat', 'usr/local/x'],
  ])('%s lets packages called %s have it', (linter, suffix, path) => {
    expect(items(linter, [file(path)], { name: `pkg${suffix}` })).toBeUndefined()
  })

  test.each([
    ['lddcheck', 'test/tw/ldd-check', 'usr/lib/a.so'],
    ['pkgconf', 'test/pkgconf', 'usr/lib/pkgconfig/a.pc'],
  ])('%s is content with a test that uses %s', (linter, uses, path) => {
    expect(items(linter, [file(path)], { testUses: [uses] })).toBeUndefined()
    expect(LINTERS.get(linter)!.check(subject([file(path)], { testUses: undefined }))!.message).toContain(
      'missing .melange.yaml',
    )
  })
})

test('a directory below run needs a description of it', () => {
  const directory = treeEntry({ path: 'run/x', type: 'directory' })
  expect(items('tempdir', [directory])).toEqual(['run/x'])
  expect(items('tempdir', [directory, file('usr/lib/tmpfiles.d/x.conf')])).toBeUndefined()
})

test('special and open permissions are spelled out', () => {
  expect(items('setuidgid', [file('a', { mode: 0o6755 }), file('b', { mode: 0o1644 })])).toEqual([
    'a (mode: 6755, setuid+setgid)',
    'b (mode: 1644, sticky)',
  ])
  expect(items('worldwrite', [file('a', { mode: 0o777 }), file('b', { mode: 0o646 })])).toEqual([
    'a (mode: 777) [world-writable+executable]',
    'b (mode: 646) [world-writable]',
  ])
})

test('programs for other machines and with debug sections are found', () => {
  const mips = file('usr/bin/mips', { mode: 0o755, ...bytes(elfImage({ machine: 8 })) })
  const sparc = file('usr/lib/a.so', bytes(elfImage({ machine: 43 })))
  const debug = file('usr/bin/d', { mode: 0o755, ...bytes(elfImage({ sections: { '.debug': utf8('x') } })) })
  expect(items('binaryarch', [mips, sparc, debug])).toEqual([
    'usr/bin/mips (mips)',
    'usr/lib/a.so (unknown (EM_SPARCV9))',
  ])
  expect(items('strip', [mips, debug])).toEqual(['usr/bin/d'])
  const info = file('usr/bin/i', { mode: 0o755, ...bytes(elfImage({ sections: { '.debug_info': utf8('x') } })) })
  expect(items('strip', [info])).toBeUndefined()
  expect(items('unstripped', [mips, info])).toEqual(['usr/bin/i'])
})

test('equal files with one name are counted, licences and small ones are not', () => {
  const big = bytes(utf8('x'.repeat(2000)))
  const found = items('duplicate', [
    file('a/big', big),
    file('b/big', big),
    file('a/LICENSE', big),
    file('b/LICENSE', big),
    file('a/s'),
    file('b/s'),
  ])
  expect(found).toEqual(['big (2 copies, 2.0 kB wasted)'])
})

test('Python modules beside each other are counted', () => {
  const base = 'usr/lib/python3.12/site-packages'
  const module = (name: string) => treeEntry({ path: `${base}/${name}`, type: 'directory' })
  expect(items('python/multiple', [module('one'), module('two'), module('_x'), module('one-1.dist-info')])).toEqual([
    '"one"',
    '"two"',
  ])
  expect(items('python/multiple', [module('six.py'), module('three.py')])).toEqual(['"six"', '"three"'])
  expect(items('python/multiple', [module('three.py'), module('three')])).toBeUndefined()
  expect(items('python/test', [module('tests')])).toHaveLength(1)
  expect(items('python/docs', [module('doc')])).toHaveLength(1)
  const other = treeEntry({ path: 'usr/lib/python3.11', type: 'directory' })
  expect(items('python/test', [module('x'), other])).toEqual(['more than one Python version detected: 2 found'])
})

describe('a run', () => {
  const entries = [file('opt/x'), file('dev/x')]

  test('tells failures of required linters apart from warnings', () => {
    const { results, failures } = lintPackage(
      subject(entries),
      { required: ['dev'], warning: ['opt'], disabled: [] },
      silentLog,
    )
    expect(results.map(({ linter }) => linter.name)).toEqual(['opt', 'dev'])
    expect(lintFailure('pkg', failures).message).toContain('linter "dev" failed: pkg writes to /dev')
  })

  test('demotes what a recipe disables, once, and switches nothing on', () => {
    const selection = { required: ['dev'], warning: ['opt'], disabled: ['dev', 'opt', 'empty'] }
    const { results, failures } = lintPackage(subject(entries), selection, silentLog)
    expect(failures).toEqual([])
    expect(results.map(({ linter }) => linter.name)).toEqual(['opt', 'dev'])
  })

  test('of a linter that is required and warns, too, reports it once, as required', () => {
    const selection = { required: ['opt'], warning: ['opt', 'opt', 'dev'], disabled: [] }
    const { results, failures } = lintPackage(subject(entries), selection, silentLog)
    expect(results.map(({ linter }) => linter.name)).toEqual(['dev', 'opt'])
    expect(failures.map(({ linter }) => linter.name)).toEqual(['opt'])
  })

  test('refuses linters that do not exist', () => {
    expect(() => checkLinterNames(['usrmerg'])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_LINTER', hint: 'did you mean "usrmerge"?' }),
    )
  })

  test('is stored with sorted linters and shown with its paths', () => {
    const { results } = lintPackage(
      subject(entries),
      { required: [], warning: ['opt', 'dev'], disabled: [] },
      silentLog,
    )
    const text = lintResultText('pkg', '1-r0', results)!
    expect(Object.keys((JSON.parse(text) as { findings: object }).findings)).toEqual(['dev', 'opt'])
    expect(lintResultText('pkg', '1-r0', [])).toBeUndefined()
    expect(consoleLines(results[0]!.linter, results[0]!.finding)).toEqual([
      '[opt] pkg writes to /opt',
      '  → This package should be a -compat package',
      '    - opt/x',
    ])
  })
})

test.each([
  [0, '0 B'],
  [82, '82 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1500, '1.5 kB'],
  [1949, '1.9 kB'],
  [1950, '2.0 kB'],
  [9692, '9.7 kB'],
  [10000, '10 kB'],
  [99999, '100 kB'],
  [999999, '1000 kB'],
  [1000000, '1.0 MB'],
  [1234567, '1.2 MB'],
  [12345678, '12 MB'],
  [123456789, '124 MB'],
])('%i bytes are %s', (size, expected) => expect(humaniseBytes(size)).toBe(expected))
