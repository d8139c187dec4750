import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layOut } from '../../src/import-deb/layout.ts'
import { mergedUsrPath, mergedUsrTarget } from '../../src/import-deb/merged-usr.ts'
import { resolveLink } from '../../src/import-deb/paths.ts'
import { treeEntry } from '../../src/tree/index.ts'

const file = (path: string) => treeEntry({ path, type: 'file' })
const link = (path: string, linkname: string) => treeEntry({ path, type: 'symlink', linkname })
const options = { name: 'demo', documentation: false }

describe('mergedUsrPath', () => {
  test.each([
    ['./bin/ls', 'usr/bin/ls'],
    ['sbin/ldconfig', 'usr/sbin/ldconfig'],
    ['lib/x86_64-linux-gnu/libc.so.6', 'usr/lib/x86_64-linux-gnu/libc.so.6'],
    ['lib64/', 'usr/lib64'],
    ['/usr/bin/env', 'usr/bin/env'],
    ['etc/passwd', 'etc/passwd'],
    ['library/x', 'library/x'],
    ['./', undefined],
  ])('%s goes to %s', (path, expected) => {
    expect(mergedUsrPath(path)).toBe(expected)
  })

  test('refuses paths that leave the package', () => {
    expect(() => mergedUsrPath('../etc/passwd')).toThrow(expect.objectContaining({ code: 'DEB_UNSUPPORTED_ENTRY' }))
  })
})

describe('mergedUsrTarget', () => {
  test.each([
    ['lib/x/liba.so', 'liba.so.1', 'liba.so.1'],
    ['lib/liba.so', '../usr/lib/liba.so.1', 'liba.so.1'],
    ['bin/x', '../usr/share/x/x', '../share/x/x'],
    ['bin/x', '/bin/y', '/bin/y'],
    ['sbin/x', '../bin/x', '../bin/x'],
    ['lib/modules', '../etc/modules', '../../etc/modules'],
    ['usr/bin/x', '../../bin/y', '../../bin/y'],
  ])('%s → %s becomes %s', (from, target, expected) => {
    expect(mergedUsrTarget(from, mergedUsrPath(from)!, target)).toBe(expected)
  })

  test('a moved link still leads to the moved place of what it led to', () => {
    const part = fc.constantFrom('bin', 'lib', 'usr', 'etc', 'a', '..')
    fc.assert(
      fc.property(
        fc.constantFrom('bin/l', 'lib/d/l', 'sbin/l'),
        fc.array(part, { minLength: 1, maxLength: 5 }),
        (from, parts) => {
          const before = resolveLink(from, parts.join('/'))
          fc.pre(before !== undefined && before !== '' && !before.startsWith('usr/bin/..'))
          const to = mergedUsrPath(from)!
          expect(resolveLink(to, mergedUsrTarget(from, to, parts.join('/')))).toBe(mergedUsrPath(before!))
        },
      ),
    )
  })
})

describe('layOut', () => {
  const paths = (entries: Parameters<typeof layOut>[0], name = 'demo') =>
    layOut(entries, { ...options, name }).tree.entries.map(({ path }) => path)

  test('keeps the copyright file and leaves other documentation out', () => {
    const entries = [
      'usr/share/doc/demo/copyright',
      'usr/share/doc/demo/README',
      'usr/share/man/man1/x.1',
      'usr/share/x',
    ].map(file)
    expect(paths(entries)).toEqual([
      'usr',
      'usr/share',
      'usr/share/doc',
      'usr/share/doc/demo',
      'usr/share/doc/demo/copyright',
      'usr/share/x',
    ])
  })

  test('says whether something moved', () => {
    expect(layOut([file('bin/x')], options).moved).toBe(true)
    expect(layOut([file('usr/bin/x')], options).moved).toBe(false)
  })

  test('a link from /bin to the same file in /usr/bin disappears, in either order', () => {
    const both = [file('usr/bin/x'), link('bin/x', '/usr/bin/x')]
    for (const entries of [both, both.toReversed()]) {
      expect(layOut(entries, options).tree.get('usr/bin/x')?.type).toBe('file')
    }
  })

  test('two different files for one path are refused', () => {
    expect(() => layOut([file('bin/x'), file('usr/bin/x')], options)).toThrow(
      expect.objectContaining({ code: 'DEB_PATH_CONFLICT' }),
    )
  })

  test('device nodes are refused', () => {
    const device = treeEntry({ path: 'dev/x', type: 'character-device' })
    expect(() => layOut([device], options)).toThrow(expect.objectContaining({ code: 'DEB_UNSUPPORTED_ENTRY' }))
  })

  test('bash becomes sh, and dash does not', () => {
    const bash = layOut([file('bin/bash')], { ...options, name: 'bash' })
    expect(bash.tree.get('usr/bin/sh')?.linkname).toBe('bash')
    const dash = layOut([file('bin/dash'), link('bin/sh', 'dash')], { ...options, name: 'dash' })
    expect([dash.tree.get('usr/bin/sh'), dash.skipped]).toEqual([undefined, ['usr/bin/sh']])
  })

  test.each([
    ['gcc', ['usr/bin/gcc'], 'usr/bin/cc', 'gcc'],
    ['mawk', ['usr/bin/mawk'], 'usr/bin/awk', 'mawk'],
    ['cpp', ['usr/bin/cpp'], 'usr/lib/cpp', '/usr/bin/cpp'],
    ['automake', ['usr/bin/automake-1.15', 'usr/bin/automake-1.16'], 'usr/bin/automake', 'automake-1.16'],
  ])('%s offers its alternative', (name, shipped, path, target) => {
    expect(layOut(shipped.map(file), { ...options, name }).tree.get(path)?.linkname).toBe(target)
  })

  test('an alternative whose target is not shipped is not made', () => {
    expect(paths([file('usr/share/x')], 'gcc')).toEqual(['usr', 'usr/share', 'usr/share/x'])
  })
})
