import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_OWNER_NAMES, Tree, walkTree } from '../src/index.ts'
import { fileNode } from '../src/tree/node.ts'
import { bytesContent } from '../src/tree/tree.ts'

function put(tree: Tree, path: string): void {
  tree.place(path, fileNode({ mode: 0o644, content: bytesContent(new Uint8Array([1])) }))
}

function paths(tree: Tree): string[] {
  return [...walkTree({ tree, ownerNames: NO_OWNER_NAMES })].map(({ path }) => path)
}

describe('paths', () => {
  const tree = new Tree()
  tree.makeDirectories('real/sub')
  tree.makeDirectories('y')
  tree.symlink('lnk', 'real/sub')
  tree.symlink('real/sub/up', '../y')
  tree.symlink('abs', '/real')
  tree.symlink('loop', 'loop')
  tree.symlink('dangling', 'nowhere')
  tree.symlink('above', '../../../y')

  test.each([
    ['real/sub', 'real/sub'],
    ['/real//sub/', 'real/sub'],
    ['./real/./sub', 'real/sub'],
    ['lnk', 'real/sub'],
    ['abs/sub', 'real/sub'],
    ['lnk/up', 'y'],
    ['real/sub/up', 'real/y'],
    ['above', 'y'],
    ['', ''],
    ['dangling', undefined],
    ['real/sub/nothing', undefined],
  ])('%s leads to %s', (path, expected) => {
    tree.makeDirectories('real/y')
    expect(tree.resolve(path)?.path).toBe(expected)
  })

  test('a symlink in the last place stays when it is not followed', () => {
    expect(tree.resolve('lnk', { followLast: false })).toMatchObject({ path: 'lnk', node: { kind: 'symlink' } })
  })

  test.each(['../x', 'a/../../b', 'a\0b'])('%j is refused', (path) => {
    expect(() => tree.lookup(path)).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }))
  })

  test('a symlink loop ends with an error', () => {
    expect(() => tree.lookup('loop')).toThrow(expect.objectContaining({ code: 'TOO_MANY_LINKS' }))
  })
})

describe('directories', () => {
  test('missing components get the mode, existing ones keep theirs', () => {
    const tree = new Tree()
    tree.makeDirectories('a', 0o700)
    tree.makeDirectories('a/b/c', 0o1777)
    expect(['a', 'a/b', 'a/b/c'].map((path) => tree.get(path).mode)).toEqual([0o700, 0o1777, 0o1777])
  })

  test('they are made behind a symlink to a directory', () => {
    const tree = new Tree()
    tree.makeDirectories('usr/lib')
    tree.symlink('lib', 'usr/lib')
    tree.makeDirectories('lib/x')
    expect(paths(tree)).toEqual(['lib', 'usr', 'usr/lib', 'usr/lib/x'])
  })

  test.each(['f/x', 'dangling/x'])('%s cannot be made', (path) => {
    const tree = new Tree()
    put(tree, 'f')
    tree.symlink('dangling', 'nowhere')
    expect(() => tree.makeDirectories(path)).toThrow(expect.objectContaining({ code: 'NOT_A_DIRECTORY' }))
  })
})

describe('files', () => {
  const owner = { name: 'p', origin: 'p', replaces: [], checksum: new Uint8Array(20) }

  test('a rewrite keeps mode, owner, time and package', () => {
    const tree = new Tree()
    tree.place('f', fileNode({ mode: 0o600, uid: 7, mtime: 5, owner, content: bytesContent(Uint8Array.of(1)) }))
    tree.writeFile('f', Uint8Array.of(2, 3), 0o644)
    expect(tree.get('f')).toMatchObject({
      mode: 0o600,
      uid: 7,
      mtime: 5,
      owner,
      content: { bytes: Uint8Array.of(2, 3) },
    })
  })

  test('an empty rewrite leaves the content of a package file, not that of any other', () => {
    const tree = new Tree()
    tree.place('packaged', fileNode({ mode: 0o644, owner, content: bytesContent(Uint8Array.of(1)) }))
    tree.writeFile('own', Uint8Array.of(1), 0o644)
    for (const path of ['packaged', 'own']) tree.writeFile(path, new Uint8Array(), 0o644)
    const sizes = ['packaged', 'own'].map(
      (path) => (tree.get(path) as { content: { bytes: Uint8Array } }).content.bytes.length,
    )
    expect(sizes).toEqual([1, 0])
  })

  test('a file needs its parent', () => {
    expect(() => put(new Tree(), 'no/f')).toThrow(expect.objectContaining({ code: 'PATH_NOT_FOUND' }))
  })

  test('hard links share the node; removing one name leaves the other', () => {
    const tree = new Tree()
    put(tree, 'a')
    tree.link('b', 'a')
    tree.change('b', { mode: 0o4711, uid: 3 })
    tree.remove('a')
    expect(tree.get('b')).toMatchObject({ mode: 0o4711, uid: 3 })
    expect(tree.lookup('a')).toBeUndefined()
  })

  test('a new symlink takes the time of its directory', () => {
    const tree = new Tree()
    tree.makeDirectories('d')
    tree.change('d', { mtime: 42 })
    tree.symlink('d/l', 'x')
    tree.symlink('l', 'x')
    expect([tree.get('d/l', { followLast: false }).mtime, tree.get('l', { followLast: false }).mtime]).toEqual([
      42,
      undefined,
    ])
  })

  test('a directory is removed with its content', () => {
    const tree = new Tree()
    tree.makeDirectories('a/b')
    tree.remove('a')
    expect(tree.lookup('a')).toBeUndefined()
  })
})

describe('the walk', () => {
  test('puts a directory, its content, then the next sibling, in byte order', () => {
    const tree = new Tree()
    for (const path of ['bin-foo', 'bin/x', 'bin/\u{1f600}', 'bin/\uff5e', 'Bin']) tree.makeDirectories(path)
    expect(paths(tree)).toEqual(['Bin', 'bin', 'bin/x', 'bin/\uff5e', 'bin/\u{1f600}', 'bin-foo'])
  })

  test('names owners, and prints no time as 0', () => {
    const tree = new Tree()
    tree.makeDirectories('d')
    tree.change('d', { uid: 5, gid: 6 })
    const ownerNames = { users: new Map([[5, 'five']]), groups: new Map([[7, 'seven']]) }
    const [entry] = [...walkTree({ tree, ownerNames })]
    expect(entry?.header).toMatchObject({ uname: 'five', gname: '', mtime: 0, uid: 5, gid: 6 })
  })

  const name = fc.stringMatching(/^[a-c.-]{1,3}$/).filter((text) => text !== '.' && text !== '..')
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

  test('whatever the tree, parents come before children, each path once', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), (wanted) => {
        const tree = new Tree()
        for (const item of wanted) tree.makeDirectories(item)
        const seen = new Set<string>()
        for (const item of paths(tree)) {
          expect(seen.has(item)).toBe(false)
          const slash = item.lastIndexOf('/')
          if (slash !== -1) expect(seen.has(item.slice(0, slash))).toBe(true)
          seen.add(item)
        }
        for (const item of wanted) expect(seen.has(item)).toBe(true)
      }),
    )
  })

  test('whatever symlinks there are, looking up a path ends, and where it leads is a real path', () => {
    const target = fc
      .array(fc.constantFrom('a', 'b', 'c', '..', '.', ''), { maxLength: 4 })
      .map((parts) => parts.join('/'))
    const step = fc.record({ at: path, target: fc.option(target, { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), path, (steps, wanted) => {
        const tree = new Tree()
        for (const { at, target: text } of steps) {
          try {
            if (text === undefined) tree.makeDirectories(at)
            else tree.symlink(at, text)
          } catch (error) {
            expect(error).toHaveProperty('name', 'RootfsError')
          }
        }
        try {
          const found = tree.resolve(wanted)
          if (found !== undefined) expect(tree.resolve(found.path, { followLast: false })?.node).toBe(found.node)
        } catch (error) {
          expect(error).toHaveProperty('code', 'TOO_MANY_LINKS')
        }
      }),
    )
  })
})
