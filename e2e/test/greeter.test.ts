import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adaptBundle, askWhenReady, freePort, whileRunning } from '../src/bundle.ts'
import { oursFine, ROOT } from '../src/commands.ts'
import { cannotBuild, MADE, quickstartOutput, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

describe.skipIf(cannotBuild)(`from C source to a running image${why}`, () => {
  let temp: string

  beforeAll(async () => {
    temp = await mkdtemp(join(tmpdir(), 'apkts-greeter-'))
  })
  afterAll(() => rm(temp, { recursive: true, force: true }))

  test('the quickstart starts the image, prints its answer and says where everything is', () => {
    expect(quickstartOutput).toContain('Hello')
    for (const words of ['greeter.tar', 'sbom', 'packages']) expect(quickstartOutput).toContain(words)
  })

  test('skopeo and umoci accept the image, and crun runs it as its own user', async () => {
    await execa('skopeo', [
      'copy',
      '-q',
      '--insecure-policy',
      `docker-archive:${MADE}/greeter.tar`,
      `oci:${temp}/layout:greeter`,
    ])
    await execa('umoci', ['unpack', '--image', `${temp}/layout:greeter`, `${temp}/bundle`])
    const port = await freePort()
    const config = await adaptBundle(join(temp, 'bundle'), [`PORT=${port}`, 'ADDRESS=127.0.0.1'])
    expect(config.process.user).toMatchObject({ uid: 65532, gid: 65532 })
    const answer = await whileRunning(join(temp, 'bundle'), () => askWhenReady(`http://127.0.0.1:${port}/`))
    expect(answer).toContain('Hello')
  })

  test('an OCI layout written directly is one that skopeo reads', async () => {
    const layout = join(temp, 'direct')
    await mkdir(layout)
    await buildImage(layout, temp, join(temp, 'cache'))
    const { stdout } = await execa('skopeo', ['inspect', '--config', '--override-arch', 'amd64', `oci:${layout}`])
    expect(JSON.parse(stdout).config.Entrypoint).toEqual(['/usr/bin/greeter'])
  })

  test('building again gives the same bytes: cold and warm cache, another directory', async () => {
    const elsewhere = join(temp, 'else/where')
    await mkdir(elsewhere, { recursive: true })
    const digests = []
    for (const [name, cwd] of [
      ['a', temp],
      ['b', elsewhere],
      ['c', temp],
    ] as const) {
      const out = join(temp, `${name}.tar`)
      await buildImage(out, cwd, join(temp, name === 'c' ? 'cache-a' : `cache-${name}`))
      digests.push(sha256Hex(await readFile(out)))
    }
    expect(new Set(digests).size).toBe(1)
  })

  async function buildImage(out: string, cwd: string, cache: string): Promise<void> {
    const own = ['--repository-append', join(MADE, 'packages'), '--keyring-append', join(MADE, 'greeter.rsa.pub')]
    const config = join(ROOT, 'examples/greeter/image.yaml')
    const args = ['build', config, 'greeter:e2e', out, '--arch', 'x86_64', '--sbom-path', temp, '--cache-dir', cache]
    await oursFine('apko-ts', [...args, ...own, ...TOOLCHAIN_FLAGS], { cwd })
  }
})
