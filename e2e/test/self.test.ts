import { chown, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { adaptBundle, type RuntimeConfig, runBundle } from '../src/bundle.ts'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'

/** Where the image expects its user's folder. */
const MOUNT = '/work'
const SELF = join(ROOT, '.quickstart/self')
const USER = 65532

const othersMakeNamespaces =
  (await execa('unshare', ['--user', 'true'], { reject: false, uid: USER, gid: USER })).exitCode === 0
const whyNot = othersMakeNamespaces ? '' : ' (skipped: users other than root make no namespaces here)'

const HELLO = `package:
  name: hello
  version: 1.0
  copyright: [{license: MIT}]
environment: {contents: {packages: [bash, busybox]}}
pipeline:
  - runs: |
      mkdir -p \${{targets.destdir}}/usr/share/hello
      echo hello > \${{targets.destdir}}/usr/share/hello/greeting
`

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

  describe.skipIf(!othersMakeNamespaces)(`melange-ts build in it${whyNot}`, () => {
    const toolchain = ['--repository-append', 'toolchain', '--keyring-append', 'toolchain/import.rsa.pub']
    const made = ['--signing-key', 'hello.rsa', '--out-dir', 'made', '--git-commit', 'unknown', '--empty-workspace']
    const build = ['build', 'hello.yaml', '--arch', 'x86_64', ...made, ...toolchain]

    beforeAll(async () => {
      await writeFile(join(work, 'hello.yaml'), HELLO)
      await runInside('melange-ts', 'keygen', 'hello.rsa')
    })

    test('says what to start the container with where parts of /proc are hidden, as they are by default', async () => {
      await expect(runInside('melange-ts', ...build)).rejects.toThrow(
        /RUNNER_UNUSABLE.*--security-opt systempaths=unconfined/s,
      )
    })

    test('makes the package that is made outside, without root and with no privilege but a whole /proc', async () => {
      await configure(({ linux }) => {
        linux.maskedPaths = []
        linux.readonlyPaths = []
      })
      await runInside('melange-ts', ...build)
      const outside = join(temp, 'outside')
      await mkdir(outside)
      for (const name of ['hello.yaml', 'hello.rsa']) await copyFile(join(work, name), join(outside, name))
      await symlink(join(MADE, 'toolchain'), join(outside, 'toolchain'))
      await oursFine('melange-ts', build, { cwd: outside })
      const [one, other] = await Promise.all(
        [work, outside].map((place) => readFile(join(place, 'made/x86_64/hello-1.0-r0.apk'))),
      )
      expect(one!.equals(other!)).toBe(true)
    })
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
    await mkdir(join(work, 'toolchain'))
    await configure(({ process, mounts }) => {
      expect(process.user).toMatchObject({ uid: USER, gid: USER })
      // As container engines start users other than root; umoci gives them some in advance.
      process.capabilities = { bounding: process.capabilities.bounding! }
      const bind = { type: 'bind', options: ['rbind', 'rw'] }
      mounts.push({ ...bind, destination: MOUNT, source: work })
      mounts.push({ ...bind, destination: join(MOUNT, 'toolchain'), source: join(MADE, 'toolchain') })
    })
  }

  async function configure(change: (config: RuntimeConfig) => void): Promise<void> {
    const path = join(bundle, 'config.json')
    const config = JSON.parse(await readFile(path, 'utf8')) as RuntimeConfig
    change(config)
    await writeFile(path, JSON.stringify(config))
  }

  async function runInside(name: string, ...args: string[]): Promise<string> {
    await configure(({ process }) => {
      process.args = [`/usr/bin/${name}`, ...args]
    })
    return runBundle(bundle)
  }
})
