import { chown, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { adaptBundle, runBundle } from '../src/bundle.ts'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'

const SELF = join(ROOT, '.quickstart/self')
const USER = 65532

describe.skipIf(cannotBuild)(`the image of the commands${why}`, () => {
  let output: string
  let temp: string
  let bundle: string
  let work: string

  beforeAll(async () => {
    const made = await execa('npm', ['run', '-s', 'image:self'], { cwd: ROOT, all: true })
    output = made.all
    temp = await temporaryDirectory()
    bundle = join(temp, 'bundle')
    work = join(temp, 'work')
    const source = `docker-archive:${SELF}/self.tar`
    await execa('skopeo', ['copy', '-q', '--insecure-policy', source, `oci:${temp}/layout:self`])
    await execa('umoci', ['unpack', '--image', `${temp}/layout:self`, bundle])
    await fillWorkFolder()
    await mountWorkFolder()
  }, 240_000)

  test('is built to the same ID from other places, with a cold cache', async () => {
    const elsewhere = join(temp, 'else/where')
    await mkdir(elsewhere, { recursive: true })
    for (const name of ['packages', 'runtime', 'self.rsa.pub']) {
      await cp(join(SELF, name), join(elsewhere, name), { recursive: true })
    }
    await copyFile(join(ROOT, 'examples/self/image.yaml'), join(elsewhere, 'image.yaml'))
    const own = ['--build-repository-append', 'packages', '--keyring-append', 'self.rsa.pub']
    const debian = ['--build-repository-append', 'runtime', '--keyring-append', 'runtime/import.rsa.pub']
    const flags = ['--arch', 'host', '--vcs=false', '--cache-dir', 'cache', '--json']
    const args = ['build', 'image.yaml', 'apko-ts:self', 'again.tar', ...own, ...debian, ...flags]
    const { stdout } = await oursFine('apko-ts', args, { cwd: elsewhere })
    expect(output).toContain(JSON.parse(stdout).images[0].imageId)
    expect(sha256Hex(await readFile(join(elsewhere, 'again.tar')))).toBe(
      sha256Hex(await readFile(join(SELF, 'self.tar'))),
    )
  })

  test('is set up for a folder mounted at /work, and not for root', async () => {
    const { stdout } = await execa('skopeo', ['inspect', '--config', `oci:${temp}/layout:self`])
    expect(JSON.parse(stdout).config).toMatchObject({
      Entrypoint: ['/usr/bin/apko-ts'],
      WorkingDir: '/work',
      User: String(USER),
      Labels: { 'org.opencontainers.image.title': 'apko-ts', 'org.opencontainers.image.licenses': 'Apache-2.0' },
    })
  })

  test('has an SBOM that names what was made here', async () => {
    const { packages } = JSON.parse(await readFile(join(SELF, 'sbom/sbom-x86_64.spdx.json'), 'utf8'))
    const names = packages.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['nodejs', 'apko-ts', 'melange-ts', 'examples/self/nodejs.yaml']))
  })

  test('holds no path of the machine that made it', async () => {
    const places = ['examples', 'packages/', '.quickstart'].flatMap((name) => ['-e', `${ROOT}/${name}`])
    const found = await execa('grep', ['-rlF', ...places, join(bundle, 'rootfs')], { reject: false })
    expect(found).toMatchObject({ exitCode: 1, stdout: '' })
  })

  test.each(['apko-ts', 'melange-ts'])('%s runs in it', async (name) => {
    expect(await runInside(name, 'version')).toContain('0.1.0')
  })

  test('an image built in it is the image built outside', async () => {
    const own = ['--repository-append', 'packages', '--keyring-append', 'greeter.rsa.pub']
    const debian = ['--repository-append', 'runtime', '--keyring-append', 'runtime/import.rsa.pub']
    const build = (file: string) => ['build', 'image.yaml', 'greeter:self', file, '--arch', 'x86_64', ...own, ...debian]
    const inside = await runInside('apko-ts', ...build('inside.tar'), '--json')
    const outside = await oursFine('apko-ts', [...build('outside.tar'), '--json'], { cwd: work })
    expect(JSON.parse(inside).images[0].imageId).toBe(JSON.parse(outside.stdout).images[0].imageId)
    const [one, other] = await Promise.all(['inside.tar', 'outside.tar'].map((name) => readFile(join(work, name))))
    expect(one!.equals(other!)).toBe(true)
  })

  async function fillWorkFolder(): Promise<void> {
    await cp(join(MADE, 'packages'), join(work, 'packages'), { recursive: true })
    await cp(join(SELF, 'runtime'), join(work, 'runtime'), { recursive: true })
    await copyFile(join(MADE, 'greeter.rsa.pub'), join(work, 'greeter.rsa.pub'))
    await copyFile(join(ROOT, 'examples/greeter/image.yaml'), join(work, 'image.yaml'))
    await chown(work, USER, USER)
  }

  async function mountWorkFolder(): Promise<void> {
    await adaptBundle(bundle, [])
    const path = join(bundle, 'config.json')
    const config = JSON.parse(await readFile(path, 'utf8'))
    expect(config.process.user).toMatchObject({ uid: USER, gid: USER })
    config.mounts.push({ destination: '/work', type: 'bind', source: work, options: ['rbind', 'rw'] })
    await writeFile(path, JSON.stringify(config))
  }

  async function runInside(name: string, ...args: string[]): Promise<string> {
    const path = join(bundle, 'config.json')
    const config = JSON.parse(await readFile(path, 'utf8'))
    config.process.args = [`/usr/bin/${name}`, ...args]
    await writeFile(path, JSON.stringify(config))
    return runBundle(bundle)
  }
})
