import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../src/registry.ts'
import { makeKey, makeRepository } from '../src/repository.ts'
import { createTestCa } from '../src/test-ca.ts'
import { missingTools } from '../src/tools.ts'

interface Index {
  readonly manifests: readonly { readonly digest: string }[]
}

const missing = await missingTools(['docker-registry', 'htpasswd', 'skopeo'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`

describe.skipIf(missing.length > 0).each([
  { over: 'plain HTTP', withTls: false },
  { over: 'TLS of an own authority', withTls: true },
])(`publish to docker-registry over $over${why}`, ({ withTls }) => {
  let home: string
  let env: Record<string, string>
  let registry: Registry
  let skopeoFlags: string[]

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeImage(home)
    const ca = withTls ? createTestCa() : undefined
    registry = await startRegistry(join(home, 'registry'), ca?.identityFor('localhost'))
    const certs = join(home, 'certs')
    await mkdir(certs)
    if (ca !== undefined) await writeFile(join(certs, 'ca.crt'), ca.cert)
    env = ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: join(certs, 'ca.crt') }
    skopeoFlags = ['--creds', `${USER}:${PASSWORD}`]
    skopeoFlags.push(...(withTls ? ['--cert-dir', certs] : ['--tls-verify=false']))
  })
  afterAll(() => registry?.stop())

  test('without credentials, nothing is uploaded and the error says how to log in', async () => {
    const { exitCode, stderr } = await publish(ours, 'early')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`error[UNAUTHORIZED]: cannot log in to ${registry.host}`)
    expect(stderr).toContain(`apko-ts login ${registry.host}`)
    expect(registry.takeUploads()).toEqual([])
  })

  test('a wrong password is told, without showing it', async () => {
    await login('not-the-password')
    const { exitCode, stderr } = await publish(ours, 'wrong')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('401')
    expect(stderr).toContain(`apko-ts login ${registry.host}`)
    expect(stderr).not.toContain('not-the-password')
  })

  test('after logging in, every image is there by digest and by platform', async () => {
    await login(PASSWORD)
    registry.takeUploads()
    const { stdout } = await publish(oursFine, 'v1', '--image-refs', 'refs.txt')
    const lines = (await readFile(join(home, 'refs.txt'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[2]).toBe(stdout.trimEnd())
    const archs = await Promise.all(lines.slice(0, 2).map(async (line) => (await inspect(line, [])).architecture))
    expect(archs.sort()).toEqual(['amd64', 'arm64'])
    for (const arch of ['amd64', 'arm64']) {
      const config = await inspect(`${registry.host}/team/app:v1`, ['--override-arch', arch])
      expect(config.architecture).toBe(arch)
    }
    expect(registry.takeUploads().filter((request) => request.startsWith('PUT /v2/team/app/manifests/'))).toHaveLength(
      3,
    )
  })

  test('skopeo copies all images with all their blobs', async () => {
    const access = skopeoFlags.map((flag) => flag.replace(/^--/, '--src-'))
    const from = `docker://${registry.host}/team/app:v1`
    // skopeo writes the index anew for its target, but the images stay as they are.
    const how = ['-q', '--all', '--insecure-policy', ...access]
    await execa('skopeo', ['copy', ...how, from, `dir:${home}/copy`])
    const index = JSON.parse(await readFile(join(home, 'copy/manifest.json'), 'utf8')) as Index
    const lines = (await readFile(join(home, 'refs.txt'), 'utf8')).trimEnd().split('\n')
    expect(index.manifests.map(({ digest }) => `${registry.host}/team/app@${digest}`)).toEqual(lines.slice(0, 2))
  })

  test('publishing again uploads nothing; another tag uploads the index alone', async () => {
    registry.takeUploads()
    await publish(oursFine, 'v1')
    expect(registry.takeUploads()).toEqual([])
    await publish(oursFine, 'v2')
    expect(registry.takeUploads()).toEqual(['PUT /v2/team/app/manifests/v2'])
  })

  test.runIf(withTls)('a registry whose authority is not known is refused', async () => {
    env = {}
    const { exitCode, stderr } = await publish(ours, 'v3')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[REGISTRY_UNREACHABLE]')
  })

  function login(password: string): Promise<Outcome> {
    const args = ['login', registry.host, '--username', USER, '--password-stdin']
    return oursFine('apko-ts', args, { cwd: home, env, input: `${password}\n` })
  }

  function publish(run: typeof ours, tag: string, ...flags: string[]): Promise<Outcome> {
    return run('apko-ts', ['publish', 'image.yaml', `${registry.host}/team/app:${tag}`, ...flags], { cwd: home, env })
  }

  async function inspect(image: string, flags: readonly string[]): Promise<{ architecture: string }> {
    const { stdout } = await execa('skopeo', [
      ...flags,
      'inspect',
      '--config',
      '--raw',
      ...skopeoFlags,
      `docker://${image}`,
    ])
    return JSON.parse(stdout)
  }
})

async function makeImage(home: string): Promise<void> {
  const key = await makeKey('test')
  const packages = [{ name: 'hello', files: { 'usr/bin/hello': '#!/bin/sh\necho hi\n' } }]
  for (const arch of ['x86_64', 'aarch64']) await makeRepository(join(home, 'packages'), packages, key, arch)
  const contents = 'contents: {keyring: [packages/test.rsa.pub], repositories: [./packages], packages: [hello]}'
  await writeFile(join(home, 'image.yaml'), `${contents}\narchs: [x86_64, aarch64]\n`)
}
