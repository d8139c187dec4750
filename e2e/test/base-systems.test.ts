import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../src/commands.ts'
import { startDistributions } from '../src/distributions.ts'
import { runExample, runUnpacked, unpackLayout } from '../src/example.ts'
import type { LoopbackInternet } from '../src/internet.ts'
import { runScript } from '../src/page.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'

const TOOLCHAIN = join(MADE, 'toolchain')
const OCI_NAMES = { x86_64: 'amd64', aarch64: 'arm64' }

describe.skipIf(cannotBuild)(`images of distributions, from loopback sites with the same URLs${why}`, () => {
  let internet: LoopbackInternet

  beforeAll(async () => {
    const archs = Object.keys(OCI_NAMES)
    internet = await startDistributions({
      directory: await temporaryDirectory(),
      busybox: await staticBusybox(),
      archs,
    })
  })
  afterAll(() => internet?.close())

  test('alpine-base: finds the keys itself, is locked, and has a shell for its user', async () => {
    const home = await runExample('alpine-base', TOOLCHAIN, { env: internet.env })
    const lock = JSON.parse(await readFile(join(home, 'image.lock.json'), 'utf8'))
    expect(lock.contents.keyring).toMatchObject([{ name: expect.stringContaining('alpine-devel@example.org-1') }])
    for (const arch of Object.keys(OCI_NAMES))
      expect(internet.requests).toContain(`GET https://dl-cdn.alpinelinux.org/alpine/edge/main/${arch}/APKINDEX.tar.gz`)
    await unpackFor(home, 'alpine-base:edge')
    expect(await runUnpacked(home, ['/bin/sh', '-lc', '. /etc/os-release; echo $ID; id -un; ls -d /usr/bin/awk'])).toBe(
      'alpine\nnonroot\n/usr/bin/awk',
    )
    expect(await rootFile(home, 'etc/apk/repositories')).toBe('https://dl-cdn.alpinelinux.org/alpine/edge/main\n')
  })

  test('wolfi-base: trusts the key it names, also for a mirror', async () => {
    const home = await runExample('wolfi-base', TOOLCHAIN, { env: internet.env })
    expect(internet.requests).toContain('GET https://packages.wolfi.dev/os/wolfi-signing.rsa.pub')
    expect(internet.requests).toContain('GET https://mirror.example/wolfi/aarch64/APKINDEX.tar.gz')
    await unpackFor(home, 'wolfi-base:latest')
    expect(await runUnpacked(home, ['/bin/sh', '-lc', '. /etc/os-release; echo $ID; id -un; ls /lib/apk'])).toBe(
      'wolfi\nnonroot\ndb\nexec',
    )
    expect(await readdir(join(home, 'bundle/rootfs/etc/apk/keys'))).toEqual(['wolfi-signing.rsa.pub'])
    const changes = JSON.parse(await runScript('apko-ts diff image.tar mirrored.tar --json', home))
    expect(JSON.stringify(changes)).toContain('etc/apk/repositories')
    expect(JSON.stringify(changes)).not.toContain('busybox')
  })
})

/** The image of this machine's kind, out of an archive of several. */
async function unpackFor(home: string, name: string): Promise<void> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const source = `docker-archive:image.tar:index.docker.io/library/${name}-${arch}`
  await runScript(`skopeo copy -q --insecure-policy ${source} oci:layout:image`, home)
  await unpackLayout(home)
}

const rootFile = (home: string, path: string) => readFile(join(home, 'bundle/rootfs', path), 'utf8')

/** The one of the imported toolchain. */
async function staticBusybox(): Promise<Uint8Array> {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const [apk] = (await readdir(join(TOOLCHAIN, arch))).filter((name) => name.startsWith('busybox-static-'))
  const args = ['-xzOf', join(TOOLCHAIN, arch, apk ?? ''), '--warning=no-unknown-keyword', 'usr/bin/busybox']
  return (await execa('tar', args, { encoding: 'buffer' })).stdout
}
