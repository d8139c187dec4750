import type { PathMutation } from '@apkts/config'
import { describe, expect, test } from 'vitest'
import { readTextAt, walkTree } from '../src/index.ts'
import { compose, dir, file, link } from './support/make.ts'

const base = {
  name: 'base',
  entries: [
    dir('etc'),
    dir('usr/bin'),
    link('bin', 'usr/bin'),
    file('etc/conf', 'packaged', { mode: 0o640 }),
    link('etc/mtab', '/proc/mounts'),
    file('usr/bin/tool', 'x', { mode: 0o755 }),
    link('usr/bin/tool-link', 'tool'),
  ],
}

function mutation(part: Partial<PathMutation> & { path: string; type: string }): PathMutation {
  return { permissions: 0o644, source: '', recursive: false, ...part }
}

async function applied(...mutations: PathMutation[]) {
  const rootfs = await compose([base], { paths: mutations })
  return { rootfs, tree: rootfs.tree }
}

describe('path mutations', () => {
  test('a directory gets all its bits and its owner', async () => {
    const { tree } = await applied(mutation({ path: '/var/www/x', type: 'directory', uid: 9, permissions: 0o2775 }))
    expect(tree.get('var/www/x')).toMatchObject({ mode: 0o2775, uid: 9, gid: 0, mtime: undefined })
    expect(tree.get('var/www')).toMatchObject({ mode: 0o2775, uid: 0 })
  })

  test('an empty file gets parents, but leaves packaged content', async () => {
    const { tree } = await applied(
      mutation({ path: 'opt/a/b', type: 'empty-file', permissions: 0o600 }),
      mutation({ path: '/etc/conf', type: 'empty-file', permissions: 0o600 }),
    )
    expect(tree.get('opt/a/b')).toMatchObject({ kind: 'file', mode: 0o600 })
    expect(tree.get('opt/a').mode).toBe(0o755)
    expect(await readTextAt(tree, 'etc/conf')).toBe('packaged')
    expect(tree.get('etc/conf').mode).toBe(0o600)
  })

  test('a hard link replaces what is there and is written as a file of its own', async () => {
    const { rootfs } = await applied(
      mutation({ path: 'etc/conf', type: 'hardlink', source: '/usr/bin/tool', permissions: 0o700 }),
    )
    const entries = [...walkTree(rootfs)].filter(({ path }) => path === 'etc/conf' || path === 'usr/bin/tool')
    expect(entries.map(({ header }) => [header.type, header.size, header.mode])).toEqual([
      ['file', 1, 0o700],
      ['file', 1, 0o700],
    ])
  })

  test('a hard link of a directory shows what is in it a second time, in place of what was there', async () => {
    const { rootfs, tree } = await applied(
      mutation({ path: '/etc', type: 'hardlink', source: '/usr/bin', permissions: 0o755 }),
      mutation({ path: '/etc/new', type: 'empty-file' }),
    )
    const paths = [...walkTree(rootfs)].map(({ path }) => path).filter((path) => path.startsWith('etc/'))
    expect(paths).toEqual(expect.arrayContaining(['etc/new', 'etc/tool', 'etc/tool-link']))
    expect(paths).not.toContain('etc/conf')
    expect(tree.lookup('usr/bin/new')).toBeDefined()
  })

  test('a symlink passes its permissions on to its target', async () => {
    const { tree } = await applied(
      mutation({ path: '/opt/l', type: 'symlink', source: '/etc/conf', permissions: 0, uid: 4 }),
    )
    expect(tree.get('opt/l', { followLast: false })).toMatchObject({ kind: 'symlink', mode: 0o777, uid: 0 })
    expect(tree.get('etc/conf')).toMatchObject({ mode: 0, uid: 4, gid: 0 })
  })

  test('recursion reaches everything beneath, and the targets of symlinks', async () => {
    const { tree } = await applied(
      mutation({ path: '/srv/d/e', type: 'directory' }),
      mutation({ path: '/srv/d/l', type: 'symlink', source: '/etc/conf' }),
      mutation({ path: '/srv', type: 'permissions', permissions: 0o750, gid: 8, recursive: true }),
    )
    for (const path of ['srv', 'srv/d', 'srv/d/e', 'etc/conf'])
      expect(tree.get(path)).toMatchObject({ mode: 0o750, gid: 8 })
  })

  test('they apply through symlinked directories', async () => {
    const { tree } = await applied(mutation({ path: '/bin/new', type: 'empty-file' }))
    expect(tree.lookup('usr/bin/new')).toBeDefined()
  })

  test.each([
    ['PATH_TYPE_UNKNOWN', { path: '/x', type: 'wat' }, /type "wat"/],
    ['PATH_TYPE_UNKNOWN', { path: '/x', type: 'toString' }, /type "toString"/],
    ['PATH_TYPE_UNKNOWN', { path: '/x', type: '' }, /no type/],
    ['PATH_NOT_FOUND', { path: '/nope', type: 'permissions' }, /\/nope/],
    ['PATH_NOT_FOUND', { path: '/opt/l', type: 'symlink', source: 'none' }, /\/opt\/l/],
    ['PATH_NOT_FOUND', { path: '/etc/x', type: 'hardlink', source: '/nope' }, /\/etc\/x.*\/nope/],
    ['PATH_EXISTS', { path: '/etc/mtab', type: 'symlink', source: 'x' }, /\/etc\/mtab.*exists/],
    ['IS_A_DIRECTORY', { path: '/usr/bin/x', type: 'hardlink', source: '/usr' }, /\/usr\/bin\/x.*in itself/],
    ['NOT_A_DIRECTORY', { path: '/etc/conf', type: 'directory' }, /\/etc\/conf/],
    ['PATH_INVALID', { path: '/a/../b', type: 'directory' }, /\.\./],
    ['PATH_NOT_FOUND', { path: '/etc', type: 'permissions', recursive: true }, /\/etc\/mtab/],
  ])('%s: %o', async (code, part, message) => {
    await expect(applied(mutation(part))).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
