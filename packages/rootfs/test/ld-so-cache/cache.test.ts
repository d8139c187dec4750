import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFileAt } from '../../src/index.ts'
import { formatLibraryCache } from '../../src/ld-so-cache/cache.ts'
import { libraryDirectories } from '../../src/ld-so-cache/conf.ts'
import { readSharedObject } from '../../src/ld-so-cache/elf.ts'
import { globTree } from '../../src/ld-so-cache/glob.ts'
import { sharedObject } from '../support/elf.ts'
import { compose, dir, file, link } from '../support/make.ts'

const X86_64 = 62

async function cachedPaths(
  entries: Parameters<typeof compose>[0][number]['entries'],
  input: Parameters<typeof compose>[2] = {},
): Promise<string[] | undefined> {
  const { tree } = await compose([{ name: 'p', entries: entries! }], {}, input)
  const cache = await readFileAt(tree, 'etc/ld.so.cache')
  if (cache === undefined) return undefined
  const text = Buffer.from(cache).toString('latin1')
  const count = Buffer.from(cache).readUInt32LE(20)
  return text
    .slice(48 + 24 * count)
    .split('\0')
    .filter((path) => path !== '')
}

const libc = sharedObject({ machine: X86_64, sonames: ['libc.so.6'] })
const conf = [dir('etc'), file('etc/ld.so.conf', '/usr/lib\n'), dir('usr/lib')]

describe('ld.so.cache', () => {
  test.each([
    ['the file named as its soname', [file('usr/lib/libc.so.6', libc)], ['/usr/lib/libc.so.6']],
    [
      'the development link',
      [file('usr/lib/libc.so.6', libc), link('usr/lib/libc.so', 'libc.so.6')],
      ['/usr/lib/libc.so.6', '/usr/lib/libc.so'],
    ],
    ['not the fully versioned file', [file('usr/lib/libc.so.6.1', libc)], []],
    [
      'without soname the plain name',
      [file('usr/lib/libx.so', sharedObject({ machine: X86_64, sonames: [] }))],
      ['/usr/lib/libx.so'],
    ],
    [
      'without soname no versioned name',
      [file('usr/lib/libx.so.1', sharedObject({ machine: X86_64, sonames: [] }))],
      [],
    ],
    ['no executables', [file('usr/lib/libx.so', sharedObject({ machine: X86_64, sonames: [], type: 2 }))], []],
    [
      'no text files, no dangling links',
      [file('usr/lib/libx.so', 'INPUT(libc.so.6)'), link('usr/lib/liby.so', 'none')],
      [],
    ],
    ['no links that go round', [link('usr/lib/liba.so', 'libb.so'), link('usr/lib/libb.so', 'liba.so')], []],
    ['no other names', [file('usr/lib/xlib.so', libc), file('usr/lib/libc.so-gdb.py', libc)], []],
  ])('holds %s', async (_, libraries, expected) => {
    expect(await cachedPaths([...conf, ...libraries])).toEqual(expected)
  })

  test.each(['/opt/lib/', 'opt/lib', '//opt/./lib', '/opt/x/../lib'])(
    'names files of %s as ldconfig does',
    async (line) => {
      const entries = [dir('etc'), file('etc/ld.so.conf', `${line}\n`), dir('opt/lib'), file('opt/lib/libc.so.6', libc)]
      expect(await cachedPaths(entries)).toEqual(['/opt/lib/libc.so.6'])
    },
  )

  test('a merged /usr lists every library twice', async () => {
    const found = await cachedPaths([...conf, link('lib', 'usr/lib'), file('usr/lib/libc.so.6', libc)])
    expect(found?.sort()).toEqual(['/lib/libc.so.6', '/usr/lib/libc.so.6'])
  })

  test('without ld.so.conf there is none', async () => {
    expect(await cachedPaths([dir('usr/lib'), file('usr/lib/libc.so.6', libc)])).toBeUndefined()
  })

  test('an unknown machine is an error naming file and machine', async () => {
    const library = file('usr/lib/libm.so.1', sharedObject({ machine: 8, sonames: ['libm.so.1'] }))
    await expect(cachedPaths([...conf, library])).rejects.toThrow(/\/usr\/lib\/libm\.so\.1 is for ELF machine 8/)
  })

  test('foreign libraries are left out when asked to', async () => {
    const library = file('usr/lib/libm.so.1', sharedObject({ machine: 8, sonames: ['libm.so.1'] }))
    const own = file('usr/lib/libc.so.6', libc)
    const found = await cachedPaths([...conf, library, own], { skipForeignLibraries: true })
    expect(found).toEqual(['/usr/lib/libc.so.6'])
  })

  test.each([0, 1, 2, 3, 7])('is padded to 16 by 1 to 16 bytes, %i libraries', (count) => {
    const libraries = Array.from({ length: count }, (_, i) => ({ flags: 0x303, directory: '/l', name: `lib${i}.so` }))
    const cache = formatLibraryCache(libraries)
    const content = 48 + count * (24 + '/l/lib0.so\0'.length)
    expect(cache.length % 16).toBe(0)
    expect(cache.length - content).toBeGreaterThanOrEqual(1)
    expect(cache.length - content).toBeLessThanOrEqual(16)
  })
})

describe('ld.so.conf', () => {
  const directories = async (text: string, ...others: ReturnType<typeof file>[]) => {
    const { tree } = await compose([{ name: 'p', entries: [dir('etc'), dir('etc/d'), ...others] }])
    tree.writeFile('etc/c', Buffer.from(text), 0o644)
    return libraryDirectories(tree, 'etc/c')
  }

  test.each([
    ['comments and blanks', '# x\n\n /a # b\n\t/c\n', ['/a', '/c']],
    ['a directory once per file', '/a\n/b\n/a\n', ['/a', '/b']],
    ['an include ends the file', '/a\ninclude /etc/d/*.conf\n/never\n', ['/a', '/one', '/two']],
    ['an include of nothing', 'include etc/none\n/never\n', []],
    ['a file that includes itself', '/a\ninclude /etc/c\n', ['/a']],
  ])('%s', async (_, text, expected) => {
    expect(
      await directories(text, file('etc/d/b.conf', '/two\n'), file('etc/d/a.conf', '/one\n'), file('etc/d/x', '/no')),
    ).toEqual(expected)
  })

  test.each([
    ['etc/*.conf', []],
    ['etc/d/?.conf', ['etc/d/a.conf', 'etc/d/b.conf']],
    ['/etc/d/[a-a].conf', ['etc/d/a.conf']],
    ['/etc/d/[^a]*', ['etc/d/b.conf', 'etc/d/x']],
    ['*/d/x', ['etc/d/x']],
    ['etc/d/\\x', ['etc/d/x']],
    ['etc/d/[', []],
    ['etc/none/*', []],
  ])('the pattern %s', async (pattern, expected) => {
    const entries = [dir('etc/d'), file('etc/d/b.conf', ''), file('etc/d/a.conf', ''), file('etc/d/x', '')]
    const { tree } = await compose([{ name: 'p', entries }])
    expect(globTree(tree, pattern)).toEqual(expected)
  })
})

describe('ELF files', () => {
  const readerOf = (bytes: Uint8Array) => async (offset: number, length: number) =>
    bytes.subarray(offset, offset + length)

  test('all sonames are found', async () => {
    const bytes = Buffer.from(sharedObject({ machine: 183, sonames: ['a', 'libb.so'] }), 'latin1')
    expect(await readSharedObject(readerOf(bytes))).toEqual({ machine: 183, sonames: ['a', 'libb.so'] })
  })

  test('damaged ones are read without an error', async () => {
    const whole = Buffer.from(sharedObject({ machine: 62, sonames: ['liba.so.1'] }), 'latin1')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }))),
        fc.nat(),
        async (changes, cut) => {
          const bytes = Uint8Array.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          await readSharedObject(readerOf(bytes.subarray(0, cut % (bytes.length + 1))))
        },
      ),
    )
  })
})
