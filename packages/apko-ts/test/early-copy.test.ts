import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EMPTY_IMAGE_CONFIG } from '@apkts/config'
import { type Log, silentLog } from '@apkts/diagnostics'
import { digestOf, instant } from '@apkts/encoding'
import { type LayerBlob, MEDIA_TYPE } from '@apkts/oci'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assembleImage, configSize } from '../src/build/image.ts'
import { LAYER_CACHE } from '../src/build/layer-cache.ts'
import { buildImage } from '../src/build-image.ts'
import { makeKey, makeRepository } from './support/repository.ts'

let home: string
let cwd: string
let count = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-early-'))
  const key = await makeKey('test')
  const packages = [{ name: 'app', dependencies: ['lib'] }, { name: 'lib' }]
  await makeRepository(join(home, 'repo'), { arch: 'x86_64', key, packages })
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
})

const at = (name: string) => join(cwd, name)
const LAYERED = 'layering: {strategy: origin, budget: 3}\n'

interface Run {
  readonly more?: string
  readonly output?: string
  readonly signal?: AbortSignal
  /** Called when all layers are there and the archive is about to be written. */
  readonly onWrite?: () => void
}

async function build({ more = '', output = at('out.tar'), signal, onWrite }: Run = {}): Promise<void> {
  const contents = `{keyring: [${home}/repo/test.rsa.pub], repositories: [${home}/repo], packages: [app]}`
  await writeFile(at('image.yaml'), `contents: ${contents}\narchs: [x86_64]\n${more}`)
  const log: Log = {
    ...silentLog,
    child: () => log,
    stage(name) {
      if (name === 'write image') onWrite?.()
      return silentLog.stage(name)
    },
  }
  await buildImage({ config: at('image.yaml'), output, cacheDir: at('cache'), signal, log })
}

const dropLayers = (): void => rmSync(at(`cache/${LAYER_CACHE}`), { recursive: true })

describe('layers are copied into the archive as soon as they are there', () => {
  test.each([
    ['one', ''],
    ['several', LAYERED],
  ])('%s, made or found, and the archive is the same', async (_, more) => {
    await build({ more, onWrite: dropLayers })
    const made = await readFile(at('out.tar'))
    await build({ more })
    expect(await readFile(at('out.tar'))).toEqual(made)
    await build({ more, onWrite: dropLayers })
    expect(await readFile(at('out.tar'))).toEqual(made)
    expect((await readdir(cwd)).sort()).toEqual(['cache', 'image.yaml', 'out.tar'])
  })

  test('but into no layout', async () => {
    await mkdir(at('layout'))
    await expect(build({ output: at('layout'), onWrite: dropLayers })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('and nothing is left of them after an interruption', async () => {
    await writeFile(at('out.tar'), 'earlier')
    const controller = new AbortController()
    const onWrite = () => controller.abort(new Error('interrupted'))
    await expect(build({ more: LAYERED, signal: controller.signal, onWrite })).rejects.toThrow('interrupted')
    expect((await readdir(cwd)).sort()).toEqual(['cache', 'image.yaml', 'out.tar'])
    expect(await readFile(at('out.tar'), 'utf8')).toBe('earlier')
  })
})

test.each([0, 1, 3])('the size of the config of an image with %d layers is known before they are', (count) => {
  const config = { ...EMPTY_IMAGE_CONFIG, annotations: { a: 'b' }, cmd: 'sh -c true' }
  const input = { arch: 'arm/v7', config, user: '65532', created: instant(1.7e9) }
  const layers = Array.from({ length: count }, (_, i): LayerBlob => {
    const bytes = new Uint8Array([i])
    const content = { kind: 'bytes', bytes } as const
    return { mediaType: MEDIA_TYPE.layer, size: 1, digest: digestOf(bytes), diffId: digestOf(`${i}`), content }
  })
  expect(configSize(input, count)).toBe(assembleImage({ ...input, layers }).config.size)
})
