import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instant } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { IMAGE_CACHE, type ImageRecord, openImageCache } from '../src/build/image-cache.ts'
import { LAYER_CACHE } from '../src/build/layer-cache.ts'
import { makeKey, makeRepository, type PackageFixture } from './support/repository.ts'
import { runCommand } from './support/run.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'image-cache-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})

describe('records of images', () => {
  const record: ImageRecord = {
    facts: {
      created: instant(5),
      user: '0',
      osRelease: undefined,
      packages: [{ name: 'a', document: '{}' }],
      missing: [],
    },
    layers: ['key'],
  }

  test('come back as they were', async () => {
    const cache = openImageCache(join(home, 'images'))
    expect(await cache.find('k')).toBeUndefined()
    await cache.add('k', record)
    expect(await cache.find('k')).toEqual(record)
  })

  test('are not trusted when they were changed', async () => {
    const cache = openImageCache(home)
    await cache.add('k', record)
    const path = join(home, 'k.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"user":"0"', '"user":"1"'))
    expect(await cache.find('k')).toBeUndefined()
  })

  test('those used longest ago make room', async () => {
    const cache = openImageCache(home, 2)
    for (const [age, key] of ['old', 'mid'].entries()) {
      await cache.add(key, record)
      await utimes(join(home, `${key}.json`), 1000 + age, 1000 + age)
    }
    await cache.find('old')
    await cache.add('new', record)
    expect((await readdir(home)).sort()).toEqual(['new.json', 'old.json'])
  })
})

describe('a remembered image', () => {
  const REMEMBERED = join('cache', IMAGE_CACHE)

  beforeEach(async () => {
    vi.stubEnv('APKTS_BUILD', 'this program')
    await publish([{ name: 'app', text: 'one' }])
  })

  async function publish(packages: readonly PackageFixture[]): Promise<void> {
    const key = await makeKey('test')
    await makeRepository(join(home, 'repo'), { arch: 'x86_64', key, packages })
  }

  async function build({ config = '', flags = [] }: { config?: string; flags?: string[] } = {}): Promise<Buffer> {
    const contents = `contents:\n  keyring: [${home}/repo/test.rsa.pub]\n  repositories: [${home}/repo]\n  packages: [app]\n`
    await writeFile(join(home, 'image.yaml'), `${contents}archs: [x86_64]\n${config}`)
    const out = join(home, 'out.tar')
    const places = ['--sbom-path', home, '--cache-dir', join(home, 'cache'), '--vcs=false']
    await runCommand(['build', join(home, 'image.yaml'), 'team/app:1', out, ...places, ...flags])
    const sbom = await readFile(join(home, 'sbom-x86_64.spdx.json'))
    return Buffer.concat([await readFile(out), sbom])
  }

  const remembered = async () => (await readdir(join(home, REMEMBERED))).length

  test('is the same as the one that was built', async () => {
    const first = await build()
    await rm(join(home, 'repo/x86_64/app-1.0-r0.apk'))
    expect((await build()).equals(first)).toBe(true)
    expect(await remembered()).toBe(1)
  })

  test.each<[string, { config?: string; flags?: string[] }]>([
    ['the configuration', { config: 'environment: {A: b}\n' }],
    ['what is in it', { config: 'paths: [{path: /x, type: directory, permissions: 0o755}]\n' }],
    ['annotations of the command line', { flags: ['--annotations', 'a:b'] }],
    ['the date', { flags: ['--build-date', '2030-01-01T00:00:00Z'] }],
  ])('is not used when %s changed', async (_, change) => {
    await build()
    await build(change)
    expect(await remembered()).toBe(2)
  })

  test('is not used when a package changed under the same version', async () => {
    const first = await build()
    await publish([{ name: 'app', text: 'two' }])
    expect((await build()).equals(first)).toBe(false)
  })

  test('is not used by another program', async () => {
    await build()
    vi.stubEnv('APKTS_BUILD', 'another program')
    await build()
    expect(await remembered()).toBe(2)
  })

  test.each([
    ['a layer is gone', () => rm(join(home, 'cache', LAYER_CACHE), { recursive: true })],
    ['a layer is damaged', () => damageLayers()],
    ['it is damaged itself', () => overwriteAll(join(home, REMEMBERED), '{}\n')],
  ])('is built anew when %s', async (_, damage) => {
    const first = await build()
    await damage()
    expect((await build()).equals(first)).toBe(true)
  })

  test('is left alone when it cannot be read', async () => {
    const first = await build()
    await overwriteByDirectories(join(home, REMEMBERED))
    expect((await build()).equals(first)).toBe(true)
  })

  const damageLayers = () => overwriteAll(join(home, 'cache', LAYER_CACHE), 'damaged')

  async function overwriteAll(directory: string, text: string): Promise<void> {
    for (const name of await readdir(directory)) await writeFile(join(directory, name), text)
  }

  async function overwriteByDirectories(directory: string): Promise<void> {
    for (const name of await readdir(directory)) {
      await rm(join(directory, name))
      await mkdir(join(directory, name))
    }
  }
})
