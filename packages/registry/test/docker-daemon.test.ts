import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTar } from '@apkts/archive'
import { digestHex } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseImage, loadIntoDaemon, parseReference } from '../src/index.ts'
import { blob, image, index } from './support.ts'

interface Answer {
  readonly status: number
  readonly text: string
}

let directory: string
let server: Server | undefined
let requests: string[]
let loaded: Buffer | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'daemon-'))
  requests = []
  loaded = undefined
})
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  await rm(directory, { recursive: true, force: true })
})

/** A daemon that keeps what it is told to load; where it listens, as DOCKER_HOST has it. */
async function startDaemon(
  where: 'unix' | 'tcp',
  load: Answer = { status: 200, text: '{"stream":"Loaded image"}' },
  tag: Answer = { status: 201, text: '' },
): Promise<string> {
  const daemon = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    requests.push(`${request.method} ${request.url}`)
    const isLoad = request.url?.startsWith('/images/load') === true
    if (isLoad) loaded = Buffer.concat(chunks)
    const { status, text } = isLoad ? load : tag
    response.writeHead(status).end(text)
  })
  server = daemon
  const socket = join(directory, 'docker.sock')
  await new Promise<void>((resolve) =>
    where === 'unix' ? daemon.listen(socket, resolve) : daemon.listen(0, '127.0.0.1', resolve),
  )
  return where === 'unix' ? `unix://${socket}` : `tcp://127.0.0.1:${(daemon.address() as AddressInfo).port}`
}

const amd64 = image({ architecture: 'amd64' }, blob('shared'), blob('amd64 only'))
const arm6 = image({ architecture: 'arm', variant: 'v6' }, blob('shared'))
const arm7 = image({ architecture: 'arm', variant: 'v7' }, blob('shared'))
const all = index(arm7, amd64, arm6)

function load(host: string, tags: readonly string[] = ['example.com/team/app:v1', 'apko.local/x/y:z'], env = {}) {
  return loadIntoDaemon({ index: all, references: tags.map(parseReference), env: { DOCKER_HOST: host, ...env } })
}

describe('loading into a daemon', () => {
  test.each(['unix', 'tcp'] as const)(
    'gives it one image under a name of its digest, and the tags (%s)',
    async (where) => {
      const name = `apko.local/cache:${digestHex(amd64.manifest.digest)}`
      expect(await load(await startDaemon(where))).toBe(name)
      expect(requests).toEqual([
        'POST /images/load?quiet=1',
        `POST /images/${name}/tag?repo=example.com%2Fteam%2Fapp&tag=v1`,
      ])
      const members = parseTar(loaded!)
      const manifest = members.find(({ header }) => header.path === 'manifest.json')
      expect(JSON.parse(Buffer.from(manifest!.content).toString())).toEqual([
        {
          Config: amd64.config.digest,
          RepoTags: [name],
          Layers: amd64.layers.map(({ digest }) => `${digestHex(digest)}.tar.gz`),
        },
      ])
      expect(members.map(({ header }) => header.path)).not.toContain(arm7.config.digest)
    },
  )

  test.each([
    [
      { status: 500, text: '{"message":"no space"}' },
      undefined,
      /does not load the image: .*no space.* \(status 500\)/,
    ],
    [{ status: 200, text: '{"error":"\\u001bunknown \\"layer\\""}' }, undefined, /does not load the image: .*unknown/],
    [undefined, { status: 404, text: 'no such image' }, /does not tag it example.com\/team\/app:v1: no such image/],
  ])('tells what it refuses (%j, %j)', async (loading, tagging, message) => {
    const failure = load(await startDaemon('unix', loading, tagging))
    await expect(failure).rejects.toMatchObject({ code: 'DAEMON', message: expect.stringMatching(message) })
  })

  test.each([
    ['unix:///nowhere/docker.sock', {}, /no docker daemon answers at unix:\/\/\/nowhere\/docker.sock \(ENOENT\)/],
    ['ssh://me@elsewhere', {}, /DOCKER_HOST ssh:\/\/me@elsewhere cannot be used/],
    ['tcp://127.0.0.1:1', { DOCKER_TLS_VERIFY: '1' }, /only unix:\/\/ sockets and tcp:\/\/ without TLS/],
  ])('cannot use %s', async (host, env, message) => {
    await expect(load(host, undefined, env)).rejects.toMatchObject({
      code: 'DAEMON',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  test('wants tags, not digests', async () => {
    const failure = load(await startDaemon('unix'), [`example.com/app@${amd64.manifest.digest}`])
    await expect(failure).rejects.toThrow('name a tag')
  })

  test('leaves no file behind', async () => {
    const before = process.env.TMPDIR
    process.env.TMPDIR = directory
    try {
      await expect(load('unix:///nowhere/docker.sock')).rejects.toThrow()
      expect(await readdir(directory)).toEqual([])
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  })
})

test.each([
  [{}, amd64],
  [{ GOARCH: 'arm' }, arm7],
  [{ GOARCH: 'riscv64' }, amd64],
  [{ GOOS: 'windows' }, amd64],
])('with %j the image is chosen as by apko', (env, expected) => {
  expect(chooseImage(all, env).config.digest).toBe(expected.config.digest)
})
