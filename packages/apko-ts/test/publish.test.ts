import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, type RegistryServer, startRegistry, USER } from '../../registry/test/registry-server.ts'
import { makeKey, makeRepository } from './support/repository.ts'
import { runCommand } from './support/run.ts'

let home: string
let config: string
let server: RegistryServer | undefined

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-publish-'))
  const key = await makeKey('test')
  for (const arch of ['x86_64', 'aarch64']) {
    await makeRepository(join(home, 'repo'), { arch, key, packages: [{ name: 'app' }] })
  }
  config = join(home, 'image.yaml')
  const contents = `contents: {keyring: ['${home}/repo/test.rsa.pub'], repositories: ['${home}/repo'], packages: [app]}\n`
  await writeFile(config, `${contents}archs: [x86_64, aarch64]\n`)
})
afterAll(() => rm(home, { recursive: true, force: true }))
afterEach(async () => {
  await server?.close()
  server = undefined
})

function publish(tags: readonly string[], ...flags: string[]) {
  return runCommand(['publish', config, ...tags, '--vcs=false', '--cache-dir', join(home, 'cache'), ...flags], {
    HOME: home,
  })
}

describe('publish', () => {
  test('pushes the images and prints the index by digest', async () => {
    server = await startRegistry()
    const refs = join(home, 'refs.txt')
    const { printed } = await publish(
      [`${server.host}/team/app:v1`, `${server.host}/team/app:v2`],
      '--image-refs',
      refs,
    )
    const digest = server.tags.get('team/app:v1')
    expect(printed).toBe(`${server.host}/team/app@${digest}\n`)
    expect(server.tags.get('team/app:v2')).toBe(digest)
    const lines = (await readFile(refs, 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[2]).toBe(printed.trimEnd())
    const { manifests } = JSON.parse(String(server.manifests.get(`team/app ${digest}`))) as {
      manifests: { digest: string }[]
    }
    expect(lines.slice(0, 2)).toEqual(manifests.map((entry) => `${server?.host}/team/app@${entry.digest}`))
  })

  test('uses what login stored', async () => {
    server = await startRegistry({ auth: 'bearer' })
    await expect(publish([`${server.host}/team/app:v1`])).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await runCommand(['login', server.host, '-u', USER, '-p', PASSWORD], { HOME: home })
    await publish([`${server.host}/team/app:v1`])
    expect(server.tags.size).toBe(1)
    expect((await stat(join(home, '.docker/config.json'))).mode & 0o777).toBe(0o600)
  })

  test('keeps SBOM files only where it is told to, and none of a failed push', async () => {
    server = await startRegistry()
    const sboms = join(home, 'sboms')
    await mkdir(sboms)
    await expect(publish(['127.0.0.1:1/team/app:v1'], '--sbom-path', sboms)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    expect(await readdir(sboms)).toEqual([])
    await publish([`${server.host}/team/app:v1`], '--sbom-path', sboms)
    expect(await readdir(sboms)).toHaveLength(3)
  })

  test('stores SBOMs beside the images when it is told to', async () => {
    server = await startRegistry({ referrers: true })
    const { printed } = await publish([`${server.host}/team/app:v1`], '--attach-sbom')
    const digest = printed.trim().split('@')[1]
    const answer = await fetch(`http://${server.host}/v2/team/app/referrers/${digest}`)
    const { manifests } = (await answer.json()) as { manifests: { digest: string }[] }
    const manifest = JSON.parse(String(server.manifests.get(`team/app ${manifests[0]?.digest}`)))
    const sbom = JSON.parse(String(server.blobs.get(`team/app ${manifest.layers[0].digest}`)))
    expect(manifest.layers[0].annotations['org.opencontainers.image.title']).toBe('sbom-index.spdx.json')
    expect(sbom.name).toBe(`sbom-${digest}`)
  })

  test.each([
    [['--attach-sbom', '--sbom=false'], '--attach-sbom needs an SBOM'],
    [['--attach-sbom', '--local'], '--attach-sbom needs a registry'],
    [['--parallel-uploads', '0'], '--parallel-uploads must be at least 1'],
    [['--chunk-size', 'many'], 'expected a size such as 500M'],
  ])('refuses %j', async (flags, message) => {
    await expect(publish(['localhost:1/team/app:v1'], ...flags)).rejects.toThrow(message)
  })

  test.each(['basic', 'bearer'] as const)('learns of wrong credentials before building (%s)', async (auth) => {
    server = await startRegistry({ auth })
    const own = join(home, `wrong-${auth}`)
    await runCommand(['login', server.host, '-u', USER, '-p', 'wrong'], { HOME: own })
    const missing = join(home, 'missing.yaml')
    const early = runCommand(['publish', missing, `${server.host}/team/app:v1`], { HOME: own })
    await expect(early).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  test('refuses a bad tag before building', async () => {
    await expect(publish(['team/app:v1', 'UPPER/x'])).rejects.toMatchObject({ code: 'REFERENCE_INVALID' })
  })
})

test.each([
  ['reg.example', 'reg.example'],
  ['localhost:5000', 'localhost:5000'],
  ['https://reg.example:1/v2/', 'reg.example:1'],
  ['docker.io', 'https://index.docker.io/v1/'],
])('login %s keeps credentials of %s, sorted', async (server, key) => {
  const own = await mkdtemp(join(home, 'login-'))
  for (const name of ['zz.example', server]) await runCommand(['login', name, '-u', 'u', '-p', 'p'], { HOME: own })
  const { auths } = JSON.parse(await readFile(join(own, '.docker/config.json'), 'utf8')) as { auths: object }
  expect(Object.keys(auths)).toEqual([key, 'zz.example'])
})

test.each(['index.docker.io/foo/bar', 'UP PER', 'https://reg.example/team', '', 'a:b'])(
  'login refuses %j',
  async (server) => {
    await expect(runCommand(['login', server, '-u', 'u', '-p', 'p'], { HOME: home })).rejects.toThrow(/no registry/)
  },
)

test('login wants something to remember', async () => {
  await expect(runCommand(['login', 'reg.example'], { HOME: home })).rejects.toThrow(/user name/)
})

test('install-keys writes the keys that repositories announce', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'announced' }]
  let base = ''
  const announcing: Server = createServer((request, response) => {
    const answers: Record<string, object> = {
      '/os/apk-configuration': { jwks_uri: `${base}/keys` },
      '/keys': { keys },
    }
    const answer = answers[request.url ?? '']
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => announcing.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(announcing.address() as AddressInfo).port}`
  const root = join(home, 'root')
  await mkdir(join(root, 'etc/apk'), { recursive: true })
  await writeFile(join(root, 'etc/apk/repositories'), `# comment\n/local\n@tag ${base}/os\n${base}/none\n`)
  try {
    await runCommand(['install-keys', '--root', root], { HOME: home })
  } finally {
    announcing.closeAllConnections()
    announcing.close()
  }
  expect(await readdir(join(root, 'etc/apk/keys'))).toEqual(['announced.rsa.pub'])
  expect(await readFile(join(root, 'etc/apk/keys/announced.rsa.pub'), 'utf8')).toContain('BEGIN PUBLIC KEY')
})
