import { appendFile, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeIndexArchive } from '@apkts/apk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CacheEntry } from '../src/cache/entries.ts'
import { planPrune } from '../src/cache/prune.ts'
import { parseSize } from '../src/cache/size.ts'
import { run } from './support/program.ts'
import { makeKey, makeRepository, type TestKey } from './support/repository.ts'

let directory = ''
let key: TestKey
const cache = () => join(directory, 'cache')

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cache-'))
  key = await makeKey('test')
  const packages = [
    { name: 'app', text: 'hello' },
    { name: 'lib', text: 'x'.repeat(5000) },
  ]
  await makeRepository(join(directory, 'repo'), { arch: 'x86_64', key, packages })
  const yaml = `contents:\n  repositories: [${directory}/repo]\n  keyring: [${directory}/repo/${key.key.name}]\n  packages: [app, lib]\narchs: [amd64]\n`
  await writeFile(join(directory, 'image.yaml'), yaml)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function fill(): Promise<void> {
  await rm(cache(), { recursive: true, force: true })
  const ran = await run('lock', join(directory, 'image.yaml'), '--cache-dir', cache())
  expect(ran).toMatchObject({ status: 0 })
}

/** The cached directory of a package. */
async function placeOf(build: string): Promise<string> {
  const [origin = ''] = (await readdir(cache())).filter((name) => name.startsWith('file'))
  return join(cache(), origin, 'x86_64', build)
}

async function fileOf(build: string, suffix: string): Promise<string> {
  const place = await placeOf(build)
  const name = (await readdir(place)).find((candidate) => candidate.endsWith(suffix))
  return join(place, name!)
}

const command = (name: string, ...flags: string[]) => run('cache', name, '--cache-dir', cache(), ...flags)

async function listed(): Promise<string[]> {
  const { out } = await command('ls', '--json')
  return JSON.parse(out).entries.map(({ kind, name }: CacheEntry) => `${kind} ${name}`)
}

describe('cache ls', () => {
  beforeEach(fill)

  test('lists packages with their origin', async () => {
    const { status, out } = await command('ls')
    expect(status).toBe(0)
    expect(out).toContain(`file://${directory}/repo/x86_64/app-1.0-r0`)
    expect(await listed()).toEqual(['package app-1.0-r0', 'package lib-1.0-r0'])
  })

  test('lists indexes, keys and layers, also as apko stores them; credentials are not shown', async () => {
    const origin = join(cache(), encodeURIComponent('https://me:secret@r.test/main'))
    await mkdir(join(origin, 'x86_64/APKINDEX'), { recursive: true })
    await writeFile(join(origin, 'x86_64/APKINDEX/random.tmp'), writeIndexArchive([]))
    await symlink('random.tmp', join(origin, 'x86_64/APKINDEX/MFXC2.tar.gz'))
    await mkdir(join(origin, 'keys/a.rsa.pub'), { recursive: true })
    await writeFile(join(origin, 'keys/a.rsa.pub/MFXC2.etag'), key.publicPem)
    const { out } = await command('ls')
    expect(out).not.toContain('secret')
    expect(await listed()).toEqual(expect.arrayContaining(['index MFXC2.tar.gz', 'key MFXC2.etag']))
    expect((await listed()).filter((line) => line.includes('random'))).toEqual([])
    expect(await command('verify')).toMatchObject({ status: 0, out: '' })
  })

  test('an absent cache is empty', async () => {
    await rm(cache(), { recursive: true })
    expect(await command('ls')).toMatchObject({ status: 0, out: '' })
  })
})

describe('cache verify', () => {
  beforeEach(fill)

  test('finds an intact cache intact', async () => {
    expect(await command('verify')).toMatchObject({ status: 0, out: '' })
  })

  test.each([
    { what: 'control section', suffix: '.ctl.tar.gz', says: 'is not the control section it was' },
    { what: 'compressed data section', suffix: '.dat.tar.gz', says: '' },
    { what: 'inflated data section', suffix: '.dat.tar', says: 'is not what its compressed form contains' },
  ])('reports a changed $what', async ({ suffix, says }) => {
    await appendFile(await fileOf('lib-1.0-r0', suffix), 'more')
    const { status, out } = await command('verify')
    expect(status).toBe(1)
    expect(out).toContain('lib-1.0-r0')
    expect(out).toContain(says)
    expect(out).not.toContain('app-1.0-r0')
  })

  test('--remove removes what is damaged, and the next run is fine', async () => {
    await rm(await fileOf('lib-1.0-r0', '.dat.tar.gz'))
    expect(await command('verify', '--remove')).toMatchObject({ status: 0 })
    expect(await listed()).toEqual(['package app-1.0-r0'])
    expect(await command('verify')).toMatchObject({ status: 0, out: '' })
    expect(await run('lock', join(directory, 'image.yaml'), '--cache-dir', cache())).toMatchObject({ status: 0 })
  })
})

describe('cache prune', () => {
  beforeEach(fill)

  test('removes what was not used for longest until the rest fits', async () => {
    const place = await placeOf('app-1.0-r0')
    const long = new Date('2001-01-01T00:00:00Z')
    const touch = async (path: string): Promise<void> => {
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (entry.isDirectory()) await touch(join(path, entry.name))
        else if (entry.isFile()) await utimes(join(path, entry.name), long, long)
      }
      await utimes(path, long, long)
    }
    await touch(place)
    const { out } = await command('ls', '--json')
    const total = JSON.parse(out).entries.reduce((sum: number, { size }: CacheEntry) => sum + size, 0)
    const trial = await command('prune', '--max-size', `${total - 1}`, '--dry-run')
    expect(trial.out.trim()).toBe(place)
    expect(await listed()).toHaveLength(2)
    expect((await command('prune', '--max-size', `${total - 1}`)).out.trim()).toBe(place)
    expect(await listed()).toEqual(['package lib-1.0-r0'])
  })

  test('wants to know how much may stay', async () => {
    const { status, err } = await command('prune')
    expect(status).toBe(1)
    expect(err).toContain('--max-size')
  })

  test('takes what was never completed only after a day', () => {
    const entry = (name: string, kind: CacheEntry['kind'], usedAt: number): CacheEntry => ({
      kind,
      name,
      from: '',
      paths: [name],
      size: 10,
      usedAt,
    })
    const now = 10 * 24 * 3600 * 1000
    const entries = [entry('new', 'incomplete', now - 1000), entry('old', 'incomplete', 0), entry('pkg', 'package', 0)]
    const names = (maxSize: number) => planPrune(entries, { maxSize, now }).map(({ name }) => name)
    expect(names(20)).toEqual(['old'])
    expect(names(0)).toEqual(['old', 'pkg'])
  })
})

test.each([
  ['1048576', 1048576],
  ['500M', 500 * 1024 ** 2],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  ['2g', 2 * 1024 ** 3],
  ['10kB', 10240],
])('a size of %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each(['', 'big', '-1', '1X', '1e9'])('%j is no size', (text) => {
  expect(() => parseSize(text)).toThrow(/expected a size/)
})
