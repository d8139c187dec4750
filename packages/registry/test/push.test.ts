import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type StageUpdate, silentLog } from '@apkts/diagnostics'
import { digestOf, instant, utf8 } from '@apkts/encoding'
import type { Waiting } from '@apkts/http'
import {
  type Artifact,
  buildArtifact,
  buildImageConfig,
  buildIndex,
  buildManifest,
  type Image,
  type ImageIndex,
  type LayerBlob,
} from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { authorize } from '../src/distribution/authorize.ts'
import { type PushOptions, parseReference, pushImages } from '../src/index.ts'
import { PASSWORD, type RegistryBehaviour, type RegistryServer, startRegistry, USER } from './registry-server.ts'

let directory: string
let server: RegistryServer | undefined

beforeEach(async () => {
  pauses.length = 0
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

async function twoImages(own?: LayerBlob) {
  const shared = await layer('shared '.repeat(50_000))
  const images = [await image('amd64', [shared, own ?? (await layer('a'))]), await image('arm64', [shared])]
  return buildIndex({ images, annotations: {}, vcsUrl: '', created: instant(0) })
}

async function push(behaviour: RegistryBehaviour, names: readonly string[], more: Partial<PushOptions> = {}) {
  server = await startRegistry(behaviour)
  const { host } = server
  const index = more.index ?? (await twoImages())
  const references = names.map((name) => parseReference(`${host}/${name}`))
  const options = { index, references, userAgent: 'test', env: { HOME: directory }, waiting, ...more }
  return { pushed: await pushImages(options), options, server, index }
}

const pauses: number[] = []
const waiting: Waiting = {
  async sleep(milliseconds) {
    pauses.push(milliseconds)
  },
  random: () => 0,
  now: () => 0,
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
    const images = index.images.map(({ manifest }) => `/v2/team/app/manifests/${manifest.digest}`)
    const manifests = puts.filter((path) => path.includes('manifests'))
    expect([...manifests.slice(0, 2).sort(), ...manifests.slice(2)]).toEqual([
      ...images.sort(),
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

  test('sends a token that the configuration has as it is', async () => {
    const credentials = { username: '', password: '', registryToken: 't0' }
    const { server } = await push({ auth: 'bearer' }, ['team/app:v1'], { credentials })
    expect(server.tags.size).toBe(1)
    expect(server.requests.filter((line) => line.includes('/token'))).toEqual([])
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
    await pushImages({ index: await twoImages(), references, userAgent: 'test', env, waiting })
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
    ['GET', /v2/, 503],
    ['GET', /token/, 502],
    ['POST', /uploads/, 0],
    ['PUT', /uploads/, 0],
    ['PUT', /manifests/, 0],
  ] as const)('tries again when a %s meets a temporary failure', async (method, path, status) => {
    const behaviour = { auth: 'bearer', trouble: { method, path, status, times: 2 } } as const
    const { server } = await push(behaviour, ['team/app:v1'], { credentials: CREDENTIALS })
    expect(server.tags.size).toBe(1)
  })

  test.each([
    ['POST', /uploads/, 403],
    ['PUT', /manifests/, 400],
    ['PATCH', /uploads/, 503],
  ] as const)('gives up on a %s that is refused, with the registry’s reason', async (method, path, status) => {
    const pushed = push({ trouble: { method, path, status, times: 99 } }, ['team/app:v1'])
    await expect(pushed).rejects.toThrow(new RegExp(`127.0.0.1:\\d+/team/app refuses .*${status}.*TROUBLE made up`))
  })

  test.each([
    ['POST', /uploads/, 'REGISTRY_UNREACHABLE', /127.0.0.1:\d+\/team\/app: no answer to POST .* \(ECONNRESET\)/],
    ['PUT', /manifests/, 'REGISTRY_UNREACHABLE', /127.0.0.1:\d+\/team\/app: no answer to PUT .* \(ECONNRESET\)/],
    [
      'GET',
      /token/,
      'UNAUTHORIZED',
      /cannot log in to 127.0.0.1:\d+: its token server .* does not answer \(ECONNRESET\)/,
    ],
  ] as const)('names what did not answer when every %s to %s ends in the air', async (method, path, code, message) => {
    const behaviour = { auth: 'bearer', trouble: { method, path, status: 0, times: 99 } } as const
    const pushed = push(behaviour, ['team/app:v1'], { credentials: CREDENTIALS })
    await expect(pushed).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(new Set(pauses)).toEqual(new Set([1000, 2000, 4000, 8000]))
  })

  test('says when nothing answers', async () => {
    server = await startRegistry()
    const { host } = server
    await server.close()
    const references = [parseReference(`${host}/team/app:v1`)]
    const pushed = pushImages({ index: await twoImages(), references, userAgent: 'test', env: {}, waiting })
    await expect(pushed).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })

  test.each([
    [401, 'UNAUTHORIZED', 'DENIED', /log in with an account that may push/],
    [403, 'DENIED', 'DENIED', /log in with an account that may push/],
    [404, 'NAME_UNKNOWN', 'UPLOAD_FAILED', /create the repository team\/app first/],
    [405, 'UNSUPPORTED', 'UPLOAD_FAILED', undefined],
    [429, 'TOOMANYREQUESTS', 'UPLOAD_FAILED', /try again later/],
    [500, 'UNKNOWN', 'UPLOAD_FAILED', /try again later/],
  ])('that is refused with %i %s says what to do', async (status, reason, code, hint) => {
    const trouble = { method: 'POST', path: /uploads/, status, times: 99, reason }
    const failure = await push({ trouble }, ['team/app:v1']).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringContaining(`${reason} made up`) })
    if (hint !== undefined) expect(failure).toHaveProperty('hint', expect.stringMatching(hint))
    expect(server?.tags.size).toBe(0)
  })

  test('a registry’s words do not reach the terminal as they are', async () => {
    const trouble = {
      method: 'POST',
      path: /uploads/,
      status: 400,
      times: 99,
      reason: `\x1b[2Jowned\r\n${'x'.repeat(9999)}`,
    }
    const failure = (await push({ trouble }, ['team/app:v1']).catch((error: unknown) => error)) as Error
    expect(failure.message).toMatch(/ \(\[2Jowned x+ …\)$/)
    expect(failure.message.length).toBeLessThan(1000)
  })

  test('tells how many bytes went', async () => {
    const updates: StageUpdate[] = []
    const stage = () => ({ update: (update: StageUpdate) => void updates.push(update), end: () => {} })
    await push({}, ['team/app:v1'], { log: { ...silentLog, stage } })
    expect(updates.at(-1)).toMatchObject({ done: 2, total: 2 })
    expect(updates.at(-1)?.bytes).toBeGreaterThan(350_000)
  })

  test.each([1, 2, 4])('sends %i layers at a time, and no more', async (parallel) => {
    const layers = await Promise.all(Array.from({ length: 8 }, (_, i) => layer(`${i} `)))
    const images = [await image('amd64', layers)]
    const index = buildIndex({ images, annotations: {}, vcsUrl: '', created: instant(0) })
    const { server } = await push({ thinks: 30 }, ['team/app:v1'], { index, parallel })
    expect(server.mostAtOnce).toBe(parallel)
  })

  test('asks as late as the registry wants it', async () => {
    const trouble = { method: 'POST', path: /uploads/, status: 429, times: 1, headers: { 'retry-after': '7' } }
    await push({ trouble }, ['team/app:v1'])
    expect(pauses).toEqual([7000])
  })

  test('mounts blobs that another repository of the registry has', async () => {
    const { server } = await push({}, ['team/app:v1', 'other/app:x'])
    expect(server.requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(4)
    expect(server.requests.filter((line) => /^POST .*mount=.*&from=team%2Fapp 201$/.test(line))).toHaveLength(4)
  })

  test('mounts from repositories it is told of, and sends what these lack', async () => {
    const { server, options } = await push({ auth: 'bearer' }, ['base/a:1'], { credentials: CREDENTIALS })
    const before = server.requests.length
    const references = [parseReference(`${server.host}/team/app:v1`)]
    const index = await twoImages(await layer('new'))
    await pushImages({ ...options, index, references, mountFrom: ['none/such', 'base/a'] })
    const requests = server.requests.slice(before)
    expect(requests.filter((line) => / 201$/.test(line) && line.startsWith('POST'))).toHaveLength(3)
    expect(requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(1)
    expect(requests.find((line) => line.startsWith('GET /token'))).toContain('repository%3Abase%2Fa%3Apull')
  })
})

describe('an upload', () => {
  const size = 400_000 // more than a socket takes at once
  const sizes = (server: RegistryServer) => [...server.blobs.values()].map((bytes) => bytes.length)

  test('that breaks off goes on where the registry says', async () => {
    const { server } = await push({ cut: { after: 100_000, times: 2 } }, ['team/app:v1'])
    expect(server.tags.size).toBe(1)
    expect(sizes(server)).toContain(350_000)
    expect(server.requests.filter((line) => line.endsWith(' cut'))).toHaveLength(2)
    expect(server.requests.filter((line) => /^GET .*uploads.* 204$/.test(line))).toHaveLength(2)
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(4)
    expect(server.received).toBeLessThan(350_000 + 2 * 100_000)
  })

  test('that the registry forgot begins anew', async () => {
    const { server } = await push({ cut: { after: 100_000, times: 2 }, forgetsUploads: true }, ['team/app:v1'])
    expect(sizes(server)).toContain(350_000)
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(6)
  })

  test('that never gets further is given up', async () => {
    const pushed = push({ cut: { after: 1, times: 99 }, forgetsUploads: true }, ['team/app:v1'])
    await expect(pushed).rejects.toMatchObject({
      code: 'UPLOAD_FAILED',
      message: expect.stringMatching(/team\/app: the connection broke while sha256:.* was sent/),
    })
    expect(pauses.length).toBeGreaterThanOrEqual(4)
  })

  test('goes in pieces of the wanted size, and of the registry’s smallest', async () => {
    const { server } = await push({ minChunk: 200_000 }, ['team/app:v1'], { chunkSize: 65_536 })
    expect(sizes(server)).toContain(350_000)
    expect(server.requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(3 + 2)
  })

  test('that is too large for one request is sent in smaller ones', async () => {
    const large = await layer('large '.repeat(1_000_000))
    const { server } = await push({ maxBody: 2_000_000 }, ['team/app:v1'], { index: await twoImages(large) })
    expect(sizes(server)).toContain(6_000_000)
  })

  test('that arrives changed is sent once more; then it is an error', async () => {
    const { server } = await push({ garbles: { times: 1 } }, ['team/app:v1'])
    expect(server.tags.size).toBe(1)
    await server.close()
    const pushed = push({ garbles: { times: 99 } }, ['team/app:v1'])
    await expect(pushed).rejects.toMatchObject({
      code: 'BLOB_MISMATCH',
      message: expect.stringMatching(/127.0.0.1:\d+\/team\/app received other bytes than those of sha256:/),
    })
  })

  test('of a blob that ended early on disk is not repeated', async () => {
    const gone = { ...(await layer('here')), size }
    const cut = { ...gone, content: { ...gone.content, size } }
    const index = await twoImages(cut)
    await expect(push({}, ['team/app:v1'], { index })).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED' })
    expect(pauses).toEqual([])
  })

  test('ends when the push is interrupted, and nothing is tagged', async () => {
    const controller = new AbortController()
    const sleep: Waiting['sleep'] = async () => controller.abort(new Error('interrupted'))
    const behaviour = { cut: { after: 100_000, times: 99 } }
    const options = { signal: controller.signal, waiting: { ...waiting, sleep } }
    await expect(push(behaviour, ['team/app:v1'], options)).rejects.toThrow(/interrupted|abort/)
    expect(server?.tags.size).toBe(0)
  })
})

describe('credentials', () => {
  async function startElsewhere(hasBlobs: boolean) {
    const seen: { readonly method: string; readonly authorization: string | undefined }[] = []
    const other = createServer((request, response) => {
      request.resume().on('end', () => {
        seen.push({ method: request.method ?? '', authorization: request.headers.authorization })
        const status = { HEAD: hasBlobs ? 200 : 404, PATCH: 202, PUT: 201 }[request.method ?? ''] ?? 404
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const close = () => {
      other.closeAllConnections()
      return new Promise((resolve) => other.close(resolve))
    }
    return { seen, url, close }
  }

  test.each([
    ['blobs are redirected', true, ['HEAD', 'HEAD', 'HEAD', 'HEAD']],
    ['uploads go', false, [...Array(4).fill('HEAD'), ...Array(4).fill('PATCH'), ...Array(4).fill('PUT')]],
  ])('are for the registry alone, not for where %s to', async (_, hasBlobs, methods) => {
    const { seen, url, close } = await startElsewhere(hasBlobs)
    try {
      const { server } = await push({ auth: 'basic', elsewhere: url }, ['team/app:v1'], { credentials: CREDENTIALS })
      expect(server.tags.size).toBe(1)
      expect(seen.map(({ method }) => method).sort()).toEqual(methods)
      expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true)
    } finally {
      await close()
    }
  })

  test('are not sent to a token server without encryption when the registry has it', async () => {
    const challenge = { scheme: 'bearer', parameters: new Map([['realm', 'http://tokens.example/']]) } as const
    const transport = { exchange: () => Promise.reject(new Error('it was asked')), close: async () => {} }
    const request = { transport, waiting, log: silentLog, userAgent: 'test', registry: 'reg.example', scopes: [] }
    const header = authorize({ ...request, challenge, credentials: CREDENTIALS, isSecure: true })
    await expect(header).rejects.toThrow('it wants the credentials sent to tokens.example without encryption')
  })

  test.each(['basic', 'bearer'] as const)('that are refused are told by where they are from (%s)', async (auth) => {
    server = await startRegistry({ auth })
    const secret = Buffer.from('user:hunter2').toString('base64')
    await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: { [server.host]: { auth: secret } } }))
    const references = [parseReference(`${server.host}/team/app:v1`)]
    const options = {
      index: await twoImages(),
      references,
      userAgent: 'test',
      env: { DOCKER_CONFIG: directory },
      waiting,
    }
    const failure = await pushImages(options).catch((error: Error) => error)
    expect(failure).toMatchObject({ code: 'UNAUTHORIZED', hint: `log in first: apko-ts login ${server.host}` })
    expect(failure).toHaveProperty(
      'message',
      expect.stringContaining(`refuses the credentials from ${directory}/config.json`),
    )
    expect(inspect(failure)).not.toMatch(new RegExp(`hunter2|${secret}`))
  })
})

describe('artifacts', () => {
  async function artifactsOf(names: readonly string[], index: ImageIndex): Promise<Artifact[]> {
    const subjects = [...index.images.map(({ manifest }) => manifest), index.document]
    return subjects.flatMap((subject) =>
      names.map((name) => {
        const bytes = utf8(`{"about":"${subject.digest}","name":"${name}"}`)
        return buildArtifact({ type: 'application/spdx+json', bytes, title: name, subject, created: instant(0) })
      }),
    )
  }
  const tagOf = (digest: string) => `team/app:${digest.replace(':', '-')}`

  test('are listed by a registry that knows referrers', async () => {
    const index = await twoImages()
    const artifacts = await artifactsOf(['a'], index)
    const { server } = await push({ referrers: true }, ['team/app:v1'], { index, artifacts })
    const answer = await fetch(`http://${server.host}/v2/team/app/referrers/${index.document.digest}`)
    const { manifests } = (await answer.json()) as { manifests: object[] }
    expect(manifests).toMatchObject([{ digest: artifacts[2]!.manifest.digest, artifactType: 'application/spdx+json' }])
    expect([...server.tags.keys()]).toEqual(['team/app:v1'])
  })

  test('are listed under a tag where the registry does not, beside what is there', async () => {
    const index = await twoImages()
    const [first, second] = [await artifactsOf(['a'], index), await artifactsOf(['b'], index)]
    const { server, options } = await push({}, ['team/app:v1'], { index, artifacts: first })
    await pushImages({ ...options, artifacts: second })
    const before = server.requests.length
    await pushImages({ ...options, artifacts: [...first, ...second] })
    expect(server.requests.slice(before).some((line) => /^(PUT|POST|PATCH)/.test(line))).toBe(false)
    const { digest } = index.images[0]!.manifest
    const list = JSON.parse(String(server.manifests.get(`team/app ${server.tags.get(tagOf(digest))}`)))
    expect(list).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [first[0]!, second[0]!].map(({ manifest }) => ({
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.size,
        artifactType: 'application/spdx+json',
        annotations: { 'org.opencontainers.image.created': '1970-01-01T00:00:00Z' },
      })),
    })
    expect([...server.tags.keys()].sort()).toEqual(
      ['team/app:v1', ...first.map(({ subject }) => tagOf(subject.digest))].sort(),
    )
  })

  test('under a tag that holds something else are an error that names it', async () => {
    const index = await twoImages()
    const { options, server } = await push({}, [`team/app:v1`], { index })
    const digest = index.images[0]!.manifest.digest
    await fetch(`http://${server.host}/v2/${tagOf(digest).replace(':', '/manifests/')}`, { method: 'PUT', body: '{}' })
    const pushed = pushImages({ ...options, artifacts: await artifactsOf(['a'], index) })
    await expect(pushed).rejects.toThrow(/team\/app: the list of referrers there is no image index/)
  })

  test('have an empty config, one file and a subject', async () => {
    const index = await twoImages()
    const [artifact] = await artifactsOf(['sbom.json'], index)
    expect(JSON.parse(Buffer.from(artifact!.manifest.bytes).toString())).toMatchObject({
      artifactType: 'application/spdx+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2, digest: digestOf('{}') },
      layers: [{ mediaType: 'application/spdx+json', annotations: { 'org.opencontainers.image.title': 'sbom.json' } }],
      subject: { digest: index.images[0]!.manifest.digest, size: index.images[0]!.manifest.size },
    })
  })
})
