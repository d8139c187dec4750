import { chmod, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changedFiles } from '../../src/build/changed-files.ts'
import { hasHardLinks } from '../../src/build/hard-links.ts'

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'changed-files-'))
  for (const side of ['before', 'now']) {
    await mkdir(join(place, side, 'deep'), { recursive: true })
    for (const name of ['a', 'deep/b', 'recipe.yaml']) await writeFile(join(place, side, name), name)
  }
})
afterEach(() => rm(place, { recursive: true }))

test.each<[string, (side: string) => Promise<unknown>, string[]]>([
  ['nothing', async () => {}, []],
  ['a file of the same size', (side) => writeFile(join(side, 'a'), 'b'), ['a']],
  ['a longer file', (side) => writeFile(join(side, 'deep/b'), 'longer'), ['deep/b']],
  ['a mode', (side) => chmod(join(side, 'a'), 0o755), ['a']],
  ['a file gone', (side) => rm(join(side, 'deep/b')), ['deep/b']],
  ['a directory gone', (side) => rm(join(side, 'deep'), { recursive: true }), ['deep/b']],
  ['a new file', (side) => writeFile(join(side, 'deep/c'), ''), ['deep/c']],
  ['the file that may change', (side) => writeFile(join(side, 'recipe.yaml'), 'new'), []],
])('%s', async (_, change, expected) => {
  await change(join(place, 'now'))
  expect(await changedFiles(join(place, 'before'), join(place, 'now'), 'recipe.yaml')).toEqual(expected)
  expect(await changedFiles(join(place, 'now'), join(place, 'before'), 'recipe.yaml')).toEqual(expected)
})

test('files with several names are found wherever they are', async () => {
  expect(await hasHardLinks(place)).toBe(false)
  await link(join(place, 'now/deep/b'), join(place, 'now/other'))
  expect(await hasHardLinks(place)).toBe(true)
})
