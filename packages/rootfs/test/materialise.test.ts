import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { materialise, type Tree } from '../src/index.ts'
import { fileNode } from '../src/tree/node.ts'
import { compose, dir, file, hard, link } from './support/make.ts'

const LARGE = 3_000_000

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'materialise-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function treeOf(entries: Parameters<typeof compose>[0][number]['entries']): Promise<Tree> {
  return (await compose([{ name: 'p', entries: entries! }])).tree
}

describe('writing a tree to disk', () => {
  test('files, links and permission bits are there; devices and special bits are not', async () => {
    const entries = [
      dir('s', { mode: 0o750 }),
      file('s/tool', 'content', { mode: 0o6755 }),
      hard('s/again', 's/tool'),
      link('s/rel', 'tool'),
      link('s/abs', '/s/tool'),
    ]
    const target = join(root, 'guest')
    const result = await materialise(await treeOf(entries), target)
    const tool = await stat(join(target, 's/tool'))
    expect(await readFile(join(target, 's/tool'), 'utf8')).toBe('content')
    expect(tool.mode & 0o7777).toBe(0o755 & ~process.umask())
    expect(tool.ino).toBe((await stat(join(target, 's/again'))).ino)
    expect(await readlink(join(target, 's/rel'))).toBe('tool')
    expect(await readlink(join(target, 's/abs'))).toBe('/s/tool')
    expect(result.skipped).toContain('dev/null')
    expect(await readdir(join(target, 'dev'))).toEqual([])
  })

  test('directories that forbid writing get their content first', async () => {
    const target = join(root, 'guest')
    await materialise(
      await treeOf([dir('s', { mode: 0o555 }), dir('s/t', { mode: 0o500 }), file('s/t/f', 'x')]),
      target,
    )
    expect((await stat(join(target, 's'))).mode & 0o777).toBe(0o555 & ~process.umask())
    expect((await stat(join(target, 's/t'))).mode & 0o777).toBe(0o500)
    expect(await readFile(join(target, 's/t/f'), 'utf8')).toBe('x')
  })

  test('contents are taken from ranges of files, large ones too', async () => {
    const source = join(root, 'source')
    const bytes = Buffer.alloc(LARGE + 10, 'abcdefg')
    await writeFile(source, bytes)
    const tree = await treeOf([dir('s')])
    for (const [name, size] of [
      ['small', 100],
      ['large', LARGE],
      ['empty', 0],
    ] as const) {
      tree.place(`s/${name}`, fileNode({ mode: 0o644, content: { kind: 'file', path: source, offset: 10, size } }))
    }
    const target = join(root, 'guest')
    await materialise(tree, target)
    expect(await readFile(join(target, 's/small'))).toEqual(bytes.subarray(10, 110))
    expect((await readFile(join(target, 's/large'))).equals(bytes.subarray(10))).toBe(true)
    expect((await stat(join(target, 's/empty'))).size).toBe(0)
  })

  test('symlinks that lead out of the tree are left out', async () => {
    const entries = [dir('s'), link('s/out', '../../x'), link('s/in', '../x'), link('s/wild', '/../../x')]
    const result = await materialise(await treeOf(entries), join(root, 'guest'))
    expect(result.skipped.filter((path) => path.startsWith('s/'))).toEqual(['s/out', 's/wild'])
    expect((await readdir(join(root, 'guest/s'))).sort()).toEqual(['in'])
  })

  test('times are set when asked for', async () => {
    const target = join(root, 'guest')
    await materialise(await treeOf([dir('s'), file('s/f', 'x', { mtime: 1234 })]), target, { times: true })
    expect((await stat(join(target, 's/f'))).mtimeMs).toBe(1_234_000)
  })

  test('a directory with something in it is refused, and stays as it is', async () => {
    await writeFile(join(root, 'mine'), 'x')
    await expect(materialise(await treeOf([]), root)).rejects.toMatchObject({ code: 'DIRECTORY_NOT_EMPTY' })
    expect(await readdir(root)).toEqual(['mine'])
  })

  test('a source that is too short fails', async () => {
    const tree = await treeOf([dir('s')])
    await writeFile(join(root, 'short'), 'x')
    const content = { kind: 'file', path: join(root, 'short'), offset: 0, size: LARGE } as const
    tree.place('s/f', fileNode({ mode: 0o644, content }))
    await expect(materialise(tree, join(root, 'guest'))).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED' })
  })

  test('an abort stops it', async () => {
    const stopped = materialise(await treeOf([]), join(root, 'guest'), { signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  })
})
