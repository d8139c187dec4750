import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  advertise,
  CacheError,
  defaultCacheDir,
  directorySize,
  openBlobStore,
  openTemporaryDirectory,
  ownedName,
  ownerText,
  removeAbandoned,
  removeAbandonedDirectories,
  removeCache,
  type TemporaryDirectory,
  writeFileAtomic,
} from '../src/index.ts'

let temporary: TemporaryDirectory
let root: string

beforeEach(async () => {
  temporary = await openTemporaryDirectory('cache-test-')
  root = temporary.path
})

afterEach(() => temporary.close())

async function* chunksOf(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield utf8(part)
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield utf8('half')
  throw new Error('connection lost')
}

describe('writing a file', () => {
  test('appears whole, with its parents, and replaces what was there', async () => {
    const target = join(root, 'a/b/file')
    await writeFileAtomic(target, 'one')
    await writeFileAtomic(target, chunksOf('tw', 'o'))
    expect(await readFile(target, 'utf8')).toBe('two')
    expect(await readdir(join(root, 'a/b'))).toEqual(['file'])
  })

  test('leaves nothing behind when the source fails', async () => {
    const target = join(root, 'file')
    await expect(writeFileAtomic(target, failing())).rejects.toThrow('connection lost')
    expect(await readdir(root)).toEqual([])
  })
})

test('what killed processes left of files goes, what others are writing stays', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const of = (pid: number, text = ownerText()) => `.tmp-${text.replace(/^\d+/, `${pid}`)}-0123456789ab`
  const another = ownerText().replace(/-\d+-/, '-1-')
  const elsewhere = ownerText().replace(/[^-]*$/, '0123abcd')
  const [left, foreign, old] = [of(gone), of(gone, another), of(gone, elsewhere).replace(/ab$/, 'cd')]
  const kept = [of(process.ppid), ownedName(), foreign, of(gone, elsewhere), '.tmp-notes', 'file', `x${left}`]
  for (const name of [...kept, left, old]) await writeFile(join(root, name), '')
  const days = new Date(Date.now() - 2 * 24 * 3600 * 1000)
  await utimes(join(root, old), days, days)
  await removeAbandoned(root)
  expect((await readdir(root)).sort()).toEqual(kept.sort())
  await removeAbandoned(join(root, 'nowhere'))
})

test('directories of killed processes go, where they are our own and named like that', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const of = (pid: number) => `.tmp-${ownerText().replace(/^\d+/, `${pid}`)}-0123456789ab`
  const left = `pipes${of(gone)}`
  const others = [`pipes${ownedName()}`, `pipes${of(process.ppid)}`, of(gone), `other${of(gone)}`, 'pipes']
  for (const name of [left, ...others]) await mkdir(join(root, name))
  await writeFile(join(root, left, 'content'), '')
  const [file, open] = [of(gone), of(gone).replace(/ab$/, 'ef')].map((name) => name.replace('0123', '4567'))
  await writeFile(join(root, `pipes${file}`), '')
  await mkdir(join(root, `pipes${open}`))
  await chmod(join(root, `pipes${open}`), 0o777)
  removeAbandonedDirectories(root, 'pipes')
  expect((await readdir(root)).sort()).toEqual([...others, `pipes${file}`, `pipes${open}`].sort())
})

describe('advertising content', () => {
  test('makes a relative link', async () => {
    await mkdir(join(root, 'expand'))
    await writeFile(join(root, 'expand/stream-0'), 'x')
    expect(advertise(join(root, 'expand/stream-0'), join(root, 'name'))).toBe(true)
    expect(await readlink(join(root, 'name'))).toBe('expand/stream-0')
  })

  test.each([
    { before: 'resolving', replace: false, leadsTo: 'old', ours: false },
    { before: 'resolving', replace: true, leadsTo: 'new', ours: true },
    { before: 'dangling', replace: false, leadsTo: 'new', ours: true },
  ])('a $before entry, replace $replace: leads to $leadsTo', async ({ before, replace, leadsTo, ours }) => {
    if (before === 'resolving') await writeFile(join(root, 'old'), 'old')
    await writeFile(join(root, 'new'), 'new')
    await symlink('old', join(root, 'name'))
    expect(advertise(join(root, 'new'), join(root, 'name'), { replace })).toBe(ours)
    expect(await readFile(join(root, 'name'), 'utf8')).toBe(leadsTo)
  })

  test('many at once end with one valid link and no leftovers', async () => {
    const contents = Array.from({ length: 20 }, (_, i) => join(root, `content-${i}`))
    await Promise.all(contents.map((path) => writeFile(path, 'same')))
    for (const path of contents) advertise(path, join(root, 'name'))
    expect(await readFile(join(root, 'name'), 'utf8')).toBe('same')
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe('blob store', () => {
  test('returns what was put, under its digest', async () => {
    const store = openBlobStore(root)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        const digest = await store.put(bytes)
        expect(digest).toBe(digestOf(bytes))
        expect(await store.has(digest)).toBe(true)
        expect(new Uint8Array((await store.read(digest))!)).toEqual(bytes)
      }),
      { numRuns: 30 },
    )
  })

  test('a stream is hashed while it is written', async () => {
    const store = openBlobStore(root)
    expect(await store.putStream(chunksOf('ab', 'c'))).toEqual({ digest: digestOf('abc'), size: 3 })
  })

  test('refuses a stream with another digest and keeps nothing of it', async () => {
    const store = openBlobStore(root)
    const expected = digestOf('other')
    await expect(store.putStream(chunksOf('abc'), expected)).rejects.toThrow(CacheError)
    expect(await store.has(expected)).toBe(false)
    expect(await readdir(join(root, 'blobs-v1/tmp'))).toEqual([])
  })

  test.each(['read', 'put'] as const)('a damaged blob heals by %s', async (operation) => {
    const store = openBlobStore(root)
    const digest = await store.put(utf8('content'))
    await writeFile(store.path(digest), 'damage!')
    if (operation === 'read') expect(await store.read(digest)).toBeUndefined()
    await store.put(utf8('content'))
    expect(await store.read(digest)).toEqual(Buffer.from('content'))
  })

  test('absent blobs are undefined', async () => {
    const store = openBlobStore(join(root, 'never-made'))
    expect(await store.read(digestOf('x'))).toBeUndefined()
    expect(await store.has(digestOf('x'))).toBe(false)
  })
})

describe('the cache directory', () => {
  test.each([
    { env: { XDG_CACHE_HOME: '/x', HOME: '/h' }, platform: 'linux', dir: '/x/dev.chainguard.go-apk' },
    { env: { HOME: '/h' }, platform: 'linux', dir: '/h/.cache/dev.chainguard.go-apk' },
    { env: { HOME: '/h' }, platform: 'darwin', dir: '/h/Library/Caches/dev.chainguard.go-apk' },
    { env: {}, platform: 'linux', dir: undefined },
  ] as const)('$platform $env: $dir', ({ env, platform, dir }) => {
    expect(defaultCacheDir(env, platform)).toBe(dir)
  })

  test('its size counts files, not links', async () => {
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd/f'), '12345')
    await symlink('d/f', join(root, 'l'))
    expect(await directorySize(root)).toBe(5)
    expect(await directorySize(join(root, 'missing'))).toBe(0)
  })

  test('is removed with everything in it', async () => {
    await mkdir(join(root, 'cache/d'), { recursive: true })
    await removeCache(join(root, 'cache'), { HOME: root })
    expect(existsSync(join(root, 'cache'))).toBe(false)
  })

  test.each(['/', '/home/somebody', '/home'])('%s is never removed', async (path) => {
    await expect(removeCache(path, { HOME: '/home/somebody' })).rejects.toThrow(CacheError)
  })
})
