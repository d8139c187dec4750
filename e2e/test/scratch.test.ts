import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { adaptBundle, runBundle } from '../src/bundle.ts'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const EXAMPLE = join(ROOT, 'examples/scratch')
const SIGNED = ['--repository-append', 'packages', '--keyring-append', 'melange.rsa.pub']

describe.skipIf(cannotBuild)(`an image of one file${why}`, async () => {
  const cwd = await temporaryDirectory()

  test('holds a static program and nothing else', async () => {
    await oursFine('melange-ts', ['keygen'], { cwd })
    const how = ['--arch', 'host', '--runner', 'bubblewrap', '--signing-key', 'melange.rsa']
    const source = ['--source-dir', join(EXAMPLE, 'src')]
    await oursFine('melange-ts', ['build', join(EXAMPLE, 'lone.yaml'), ...how, ...source, ...TOOLCHAIN_FLAGS], { cwd })
    const image = ['build', join(EXAMPLE, 'image.yaml'), 'lone:1', 'lone.tar', '--arch', 'host', '--bare', ...SIGNED]
    await oursFine('apko-ts', image, { cwd })
    const archive = parseTar(await readFile(join(cwd, 'lone.tar')))
    const layers = archive.filter(({ header }) => header.path.endsWith('.tar.gz'))
    const files = layers.flatMap(({ content }) => parseTar(gunzipAll(content, 1 << 24)))
    expect(files.map(({ header }) => [header.path, header.type])).toEqual([
      ['usr', 'directory'],
      ['usr/bin', 'directory'],
      ['usr/bin/lone', 'file'],
    ])
  })

  test('whose SBOM knows the package, although no document of it is inside', async () => {
    const sbom = JSON.parse(
      await readFile(join(cwd, `sbom-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.spdx.json`), 'utf8'),
    )
    expect(sbom.packages.map(({ name }: { name: string }) => name)).toContain('lone')
  })

  test('which runs, as nobody, and finds itself alone', async () => {
    await execa('skopeo', ['copy', '-q', '--insecure-policy', 'docker-archive:lone.tar', 'oci:layout:lone'], { cwd })
    await execa('umoci', ['unpack', '--image', 'layout:lone', 'bundle'], { cwd })
    const config = await adaptBundle(join(cwd, 'bundle'), [])
    expect(config.process.user.uid).toBe(65532)
    expect(await runBundle(join(cwd, 'bundle'))).toBe('/usr/bin/lone')
  })
})
