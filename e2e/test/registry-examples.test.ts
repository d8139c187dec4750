import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../src/commands.ts'
import { runExample, runUnpacked, unpackLayout } from '../src/example.ts'
import { runScript } from '../src/page.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../src/registry.ts'
import { createTestCa, type TestCa } from '../src/test-ca.ts'
import { missingTools } from '../src/tools.ts'

/** Elsewhere packages of another architecture come from another server. */
const debian = /^ID=debian$/m.test(await readFile('/etc/os-release', 'utf8').catch(() => ''))
const forDebian = debian ? '' : ' (skipped: not Debian)'
const TOOLCHAIN = join(MADE, 'toolchain')
const missing = await missingTools(['docker-registry', 'htpasswd'])
const reason = missing.length === 0 ? why : ` (skipped: ${missing.join(', ')} not installed)`

/** skopeo refuses to work without one. */
const POLICY = { '.config/containers/policy.json': '{"default": [{"type": "insecureAcceptAnything"}]}' }

describe.skipIf(cannotBuild || missing.length > 0)(`examples with a registry${reason}`, () => {
  let ca: TestCa
  let registry: Registry
  let instead: Record<string, string>

  beforeAll(async () => {
    ca = createTestCa()
    registry = await startRegistry(join(await temporaryDirectory(), 'registry'), ca.identityFor('localhost'))
    instead = { 'registry.example': registry.host }
  })
  afterAll(() => registry?.stop())

  test('private-registry: what is pulled by digest is what was published, and runs', async () => {
    const files = { ...POLICY, 'company.pem': ca.cert }
    const home = await runExample('private-registry', TOOLCHAIN, { instead, files, env: { TOKEN: PASSWORD } })
    const refs = (await readFile(join(home, 'refs.txt'), 'utf8')).trim().split('\n')
    expect(refs.at(-1)).toMatch(new RegExp(`^${registry.host}/team/note@sha256:[0-9a-f]{64}$`))
    const env = { SSL_CERT_FILE: 'company.pem' }
    for (const tag of ['1', 'latest']) {
      const digest = await runScript(
        `skopeo inspect --format '{{.Digest}}' docker://${registry.host}/team/note:${tag}`,
        home,
        env,
      )
      expect(refs.at(-1)).toContain(digest)
    }
    await unpackLayout(home)
    expect(await runUnpacked(home)).toBe('pulled and running')
  })

  test.skipIf(!debian)(`multi-arch: an index of two images, each with its programs${forDebian}`, async () => {
    const login = Buffer.from(`${USER}:${PASSWORD}`).toString('base64')
    const files = {
      ...POLICY,
      'company.pem': ca.cert,
      '.docker/config.json': JSON.stringify({ auths: { [registry.host]: { auth: login } } }),
    }
    const env = { SSL_CERT_FILE: 'company.pem' }
    const home = await runExample('multi-arch', TOOLCHAIN, { instead, files, env })
    const name = `docker://${registry.host}/team/both:1`
    const { manifests } = JSON.parse(await runScript(`skopeo inspect --raw ${name}`, home, env))
    expect(manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ])
    for (const [arch, machine] of [
      ['amd64', 'x86-64'],
      ['arm64', 'aarch64'],
    ]) {
      await runScript(`skopeo copy -q --override-arch ${arch} ${name} oci:layout:${arch}`, home, env)
      await runScript(`umoci unpack --image layout:${arch} ${arch}`, home)
      expect(await elfMachine(join(home, `${arch}/rootfs/usr/bin/busybox`))).toBe(machine)
      expect(await readFile(join(home, `${arch}/rootfs/etc/services`), 'utf8')).toContain('https')
    }
  })
})

/** Field `e_machine` of an ELF header. */
async function elfMachine(file: string): Promise<string | undefined> {
  return { 62: 'x86-64', 183: 'aarch64' }[(await readFile(file)).readUInt16LE(18)]
}
