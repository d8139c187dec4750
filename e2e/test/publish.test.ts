import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { startCuttingProxy } from '../src/cutting-proxy.ts'
import { makeHelloImage } from '../src/hello.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../src/registry.ts'
import { createTestCa } from '../src/test-ca.ts'
import { missingTools } from '../src/tools.ts'

interface Index {
  readonly manifests: readonly { readonly digest: string }[]
}

interface StoredManifest {
  readonly manifests?: readonly { readonly digest: string }[]
  readonly layers?: readonly { readonly digest: string }[]
  readonly subject?: { readonly digest: string }
}

const missing = await missingTools(['docker-registry', 'htpasswd', 'skopeo', 'gcc'])
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
    await makeHelloImage(home)
    const ca = withTls ? createTestCa() : undefined
    registry = await startRegistry(join(home, 'registry'), ca?.identityFor('localhost'))
    const certs = join(home, 'certs')
    await mkdir(certs)
    if (ca !== undefined) await writeFile(join(certs, 'ca.crt'), ca.cert)
    env = ca === undefined ? {} : { SSL_CERT_FILE: join(certs, 'ca.crt') }
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

  test('another repository of the registry lends its layers', async () => {
    registry.takeUploads()
    const args = ['publish', 'image.yaml', `${registry.host}/other/app:v1`, '--mount-from', 'team/app', '--vcs=false']
    await oursFine('apko-ts', args, { cwd: home, env })
    const uploads = registry.takeUploads()
    expect(uploads.filter((request) => request.startsWith('POST /v2/other/app/blobs/uploads/?'))).not.toEqual([])
    expect(uploads.filter((request) => request.startsWith('PATCH'))).toEqual([])
  })

  test('SBOMs are found below the images they are about, by a registry that does not know referrers', async () => {
    await publish(oursFine, 'v1', '--attach-sbom')
    const [image = ''] = (await readFile(join(home, 'refs.txt'), 'utf8')).split('\n')
    const [name, hex] = image.split('@sha256:')
    const list = await raw(`${name}:sha256-${hex}`)
    expect(list.manifests).toMatchObject([{ artifactType: 'application/spdx+json' }])
    const artifact = await raw(`${name}@${list.manifests![0]!.digest}`)
    expect(artifact.subject?.digest).toBe(`sha256:${hex}`)
    const access = skopeoFlags.map((flag) => flag.replace(/^--/, '--src-'))
    const from = `docker://${name}@${list.manifests![0]!.digest}`
    await execa('skopeo', ['copy', '-q', '--insecure-policy', ...access, from, `dir:${home}/sbom`])
    const document = JSON.parse(await readFile(join(home, 'sbom', artifact.layers![0]!.digest.slice(7)), 'utf8'))
    expect(document.spdxVersion).toBe('SPDX-2.3')
    registry.takeUploads()
    await publish(oursFine, 'v1', '--attach-sbom')
    expect(registry.takeUploads()).toEqual([])
  })

  test.runIf(!withTls)('connections that break in the middle of a layer cost no second push', async () => {
    const proxy = await startCuttingProxy(Number(registry.host.split(':')[1]), 1_000_000, 2)
    try {
      await oursFine('apko-ts', ['login', proxy.host, '-u', USER, '-p', PASSWORD], { cwd: home, env })
      const tag = `${proxy.host}/cut/app:v1`
      const { stderr } = await oursFine('apko-ts', ['publish', 'image.yaml', tag, '--vcs=false'], { cwd: home, env })
      expect(proxy.cuts).toBe(2)
      expect(stderr).toMatch(/was sent; going on/)
      const { stdout } = await execa('skopeo', ['inspect', ...skopeoFlags, `docker://${registry.host}/cut/app:v1`])
      expect(JSON.parse(stdout).Architecture).toBe('amd64')
      await execa('skopeo', [
        'copy',
        '-q',
        '--insecure-policy',
        '--all',
        ...skopeoFlags.map((flag) => flag.replace(/^--/, '--src-')),
        `docker://${registry.host}/cut/app:v1`,
        `dir:${home}/cut`,
      ])
    } finally {
      await proxy.stop()
    }
  })

  test('diff reads the registry’s images, and copies of skopeo, as it reads ours', async () => {
    const remote = `${registry.host}/team/app:v1`
    const build = (output: string, ...flags: string[]) =>
      oursFine('apko-ts', ['build', 'image.yaml', '-o', output, '--sbom=false', ...flags], { cwd: home, env })
    const diff = (a: string, b: string, ...flags: string[]) =>
      ours('apko-ts', ['diff', a, b, '--exit-code', ...flags], { cwd: home, env })
    await build('local.tar')
    expect(await diff(remote, 'local.tar')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('the same') })
    await build('labelled.tar', '--annotations', 'a:b')
    const labelled = await diff(`docker://${remote}`, 'labelled.tar', '--json')
    expect(labelled.exitCode).toBe(1)
    const { platforms } = JSON.parse(labelled.stdout) as { platforms: object[] }
    const settings = [
      { field: 'Labels.a', after: 'b' },
      { field: 'annotations.a', after: 'b' },
    ]
    expect(platforms).toMatchObject([
      { platform: 'amd64', settings, packages: [], files: [{ path: 'etc/apko.json' }] },
      { platform: 'arm64', settings, packages: [], files: [{ path: 'etc/apko.json' }] },
    ])
    const access = ['-q', '--insecure-policy', ...skopeoFlags.map((flag) => flag.replace(/^--/, '--src-'))]
    await execa('skopeo', ['copy', '--all', ...access, `docker://${remote}`, `oci:${home}/skopeo-layout:v1`])
    await execa('skopeo', ['copy', ...access, `docker://${remote}`, `docker-archive:${home}/skopeo.tar:app:v1`])
    for (const [copy, ...flags] of [['skopeo-layout'], ['skopeo.tar', '--arch', 'host']] as const) {
      expect(await diff(copy, 'local.tar', ...flags)).toMatchObject({ exitCode: 0 })
      const files = await diff(copy, 'labelled.tar', '--json', ...flags)
      expect(JSON.parse(files.stdout)).toMatchObject({
        platforms: [{ packages: [], files: [{ path: 'etc/apko.json' }] }, ...(copy === 'skopeo.tar' ? [] : [{}])],
      })
    }
  })

  test.runIf(withTls)('a registry whose authority is not known is refused', async () => {
    env = {}
    const { exitCode, stderr } = await publish(ours, 'v3')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`error[REGISTRY_UNREACHABLE]: the certificate of ${registry.host} is not trusted`)
    expect(stderr).toContain('SSL_CERT_FILE')
  })

  function login(password: string): Promise<Outcome> {
    const args = ['login', registry.host, '--username', USER, '--password-stdin']
    return oursFine('apko-ts', args, { cwd: home, env, input: `${password}\n` })
  }

  function publish(run: typeof ours, tag: string, ...flags: string[]): Promise<Outcome> {
    return run('apko-ts', ['publish', 'image.yaml', `${registry.host}/team/app:${tag}`, '--vcs=false', ...flags], {
      cwd: home,
      env,
    })
  }

  async function raw(image: string): Promise<StoredManifest> {
    return JSON.parse((await execa('skopeo', ['inspect', '--raw', ...skopeoFlags, `docker://${image}`])).stdout)
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
