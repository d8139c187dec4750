import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, instant, utf8 } from '@apkts/encoding'
import { buildImageConfig, buildIndex, buildManifest, type Image, type LayerBlob } from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type PushOptions, parseReference, pushImages } from '../src/index.ts'
import { PASSWORD, type RegistryBehaviour, type RegistryServer, startRegistry, USER } from './registry-server.ts'

let directory: string
let server: RegistryServer | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'push-'))
})
afterEach(async () => {
  await server?.close()
  await rm(directory, { recursive: true, force: true })
})

async function layer(text: string): Promise<LayerBlob> {
  const path = join(directory, digestOf(text).slice(7, 20))
  await writeFile(path, text)
  const size = utf8(text).length
  const content = { kind: 'file', path, offset: 0, size } as const
  return {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(text),
    size,
    diffId: digestOf('x'),
    content,
  }
}

async function image(architecture: string, layers: readonly LayerBlob[]): Promise<Image> {
  const platform = { os: 'linux', architecture }
  const common = { cmd: [], entrypoint: [], environment: {}, volumes: [], user: '', workingDir: '', stopSignal: '' }
  const created = instant(0)
  const diffIds = layers.map(({ diffId }) => diffId)
  const config = buildImageConfig({ ...common, platform, created, diffIds, annotations: {} })
  const manifest = buildManifest({ config, layers, annotations: {}, created })
  return { platform, config, manifest, layers }
}

async function twoImages() {
  const shared = await layer('shared '.repeat(50_000))
  const images = [await image('amd64', [shared, await layer('a')]), await image('arm64', [shared])]
  return buildIndex({ images, annotations: {}, vcsUrl: '', created: instant(0) })
}

async function push(behaviour: RegistryBehaviour, names: readonly string[], more: Partial<PushOptions> = {}) {
  server = await startRegistry(behaviour)
  const { host } = server
  const index = await twoImages()
  const references = names.map((name) => parseReference(`${host}/${name}`))
  const options = { index, references, userAgent: 'test', env: { HOME: directory }, pauses: [1, 1], ...more }
  return { pushed: await pushImages(options), options, server, index }
}

const CREDENTIALS = { username: USER, password: PASSWORD }

describe('pushing images', () => {
  test('sends blobs, then manifests, then tags, and names what it pushed by digest', async () => {
    const { pushed, server, index } = await push({}, ['team/app:v1', 'team/app:latest'])
    expect(pushed.index).toBe(`${server.host}/team/app@${index.document.digest}`)
    expect(pushed.images).toEqual(index.images.map(({ manifest }) => `${server.host}/team/app@${manifest.digest}`))
    expect(server.blobs.size).toBe(4)
    expect(server.tags.get('team/app:v1')).toBe(index.document.digest)
    expect(server.tags.get('team/app:latest')).toBe(index.document.digest)
    const puts = server.requests.filter((line) => line.startsWith('PUT')).map((line) => line.split(' ')[1]!)
    const [first, second] = index.images.map(({ manifest }) => `/v2/team/app/manifests/${manifest.digest}`)
    expect(puts.filter((path) => path.includes('manifests'))).toEqual([
      first,
      second,
      '/v2/team/app/manifests/v1',
      '/v2/team/app/manifests/latest',
    ])
  })

  test('sends a layer that several images share once', async () => {
    const { server } = await push({}, ['team/app:v1'])
    expect(server.requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(4)
  })

  test('sends nothing that is there already', async () => {
    const { server, options } = await push({}, ['team/app:v1'])
    const before = server.requests.length
    await pushImages(options)
    expect(server.requests.slice(before).every((line) => /^(GET|HEAD) .* 200$/.test(line))).toBe(true)
  })

  test('fills every repository that a tag names', async () => {
    const { server, index } = await push({}, ['team/app:v1', 'other/app:x'])
    expect(server.tags.get('other/app:x')).toBe(index.document.digest)
    expect(server.blobs.size).toBe(8)
  })

  test.each(['basic', 'bearer'] as const)('logs in with %s credentials', async (auth) => {
    const { server } = await push({ auth }, ['team/app:v1'], { credentials: CREDENTIALS })
    expect(server.tags.size).toBe(1)
  })

  test('logs in again when a token ran out', async () => {
    const { server } = await push({ auth: 'bearer', tokenUses: 12 }, ['team/app:v1'], { credentials: CREDENTIALS })
    expect(server.tags.size).toBe(1)
    expect(server.requests.filter((line) => line.startsWith('GET /token')).length).toBeGreaterThan(1)
  })

  test('finds credentials in docker’s configuration', async () => {
    server = await startRegistry({ auth: 'bearer' })
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64')
    await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: { [server.host]: { auth } } }))
    const references = [parseReference(`${server.host}/team/app:v1`)]
    const env = { DOCKER_CONFIG: directory }
    await pushImages({ index: await twoImages(), references, userAgent: 'test', env, pauses: [1, 1] })
    expect(server.tags.size).toBe(1)
  })

  test.each([
    ['basic', undefined],
    ['bearer', { username: USER, password: 'wrong' }],
  ] as const)('says who refused to let it in (%s)', async (auth, credentials) => {
    const pushed = push({ auth }, ['team/app:v1'], { credentials })
    await expect(pushed).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('cannot log in to 127.0.0.1'),
    })
  })

  test.each([
    ['HEAD', /blobs/, 503],
    ['PATCH', /uploads/, 500],
    ['PUT', /manifests/, 429],
  ] as const)('tries again when a %s meets a temporary failure', async (method, path, status) => {
    const { server } = await push({ trouble: { method, path, status, times: 2 } }, ['team/app:v1'])
    expect(server.tags.size).toBe(1)
  })

  test.each([
    ['POST', /uploads/, 403],
    ['PUT', /manifests/, 400],
    ['PATCH', /uploads/, 503],
  ] as const)('gives up on a %s that is refused, with the registry’s reason', async (method, path, status) => {
    const pushed = push({ trouble: { method, path, status, times: 99 } }, ['team/app:v1'])
    await expect(pushed).rejects.toThrow(new RegExp(`team/app refuses .*${status}.*TROUBLE made up`))
  })

  test('says when nothing answers', async () => {
    server = await startRegistry()
    const { host } = server
    await server.close()
    const references = [parseReference(`${host}/team/app:v1`)]
    const pushed = pushImages({ index: await twoImages(), references, userAgent: 'test', env: {}, pauses: [1] })
    await expect(pushed).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })
})
