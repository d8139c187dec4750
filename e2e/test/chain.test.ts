import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { oursFine, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const LIBRARY = `package:
  name: tally
  version: 1.2.3
  epoch: 0
  description: adds numbers
  copyright:
    - license: MIT
environment:
  contents:
    packages: [build-base, busybox]
pipeline:
  - runs: |
      gcc -shared -fPIC -Wl,-soname,libtally.so.1 -o libtally.so.1.2.3 tally.c
      install -D -m 755 libtally.so.1.2.3 \${{targets.destdir}}/usr/lib/libtally.so.1.2.3
      ln -s libtally.so.1.2.3 \${{targets.destdir}}/usr/lib/libtally.so.1
      ln -s libtally.so.1 \${{targets.destdir}}/usr/lib/libtally.so
      install -D -m 644 tally.h \${{targets.destdir}}/usr/include/tally.h
  - uses: strip
subpackages:
  - name: tally-dev
    description: headers of tally
    pipeline:
      - uses: split/dev
    dependencies:
      runtime: [tally]
`

const PROGRAM = `package:
  name: adder
  version: 0.1.0
  epoch: 0
  description: adds its two arguments
  copyright:
    - license: MIT
environment:
  contents:
    packages: [build-base, busybox, tally-dev]
pipeline:
  - runs: |
      mkdir -p \${{targets.destdir}}/usr/bin
      gcc -o \${{targets.destdir}}/usr/bin/adder adder.c -ltally
test:
  environment:
    contents:
      packages: [bash, busybox]
  pipeline:
    - runs: test "$(adder 40 2)" = 42
`

const IMAGE = `contents:
  packages: [adder]
entrypoint:
  command: /usr/bin/adder
`

const SOURCES: Readonly<Record<string, string>> = {
  'tally.yaml': LIBRARY,
  'adder.yaml': PROGRAM,
  'image.yaml': IMAGE,
  'tally/tally.h': 'int tally(int a, int b);\n',
  'tally/tally.c': '#include "tally.h"\nint tally(int a, int b) { return a + b; }\n',
  'adder/adder.c':
    '#include <stdio.h>\n#include <stdlib.h>\n#include <tally.h>\n' +
    'int main(int c, char **v) { return c == 3 ? printf("%d\\n", tally(atoi(v[1]), atoi(v[2]))) < 0 : 1; }\n',
}

const OWN = ['--repository-append', 'packages', '--keyring-append', 'own.rsa.pub', ...TOOLCHAIN_FLAGS]

describe.skipIf(cannotBuild)(`a library, a program against it, its test, an image${why}`, () => {
  let cwd: string

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    for (const [path, text] of Object.entries(SOURCES)) {
      await mkdir(join(cwd, path, '..'), { recursive: true })
      await writeFile(join(cwd, path), text)
    }
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
  })

  test('the library provides its soname, the program depends on it, and what is imaged adds', async () => {
    await build('tally', TOOLCHAIN_FLAGS)
    await build('adder', OWN)
    expect(await infoOf('tally-1.2.3-r0')).toContain('provides = so:libtally.so.1=')
    expect(await infoOf('adder-0.1.0-r0')).toContain('depend = so:libtally.so.1\n')

    await oursFine('melange-ts', ['test', 'adder.yaml', '--arch', 'x86_64', ...OWN], { cwd })

    const image = ['build', 'image.yaml', 'adder:e2e', 'adder.tar', '--arch', 'x86_64', '--sbom-path', '.', ...OWN]
    await oursFine('apko-ts', image, { cwd })
    const layout = `oci:${cwd}/layout:adder`
    await execa('skopeo', ['copy', '-q', '--insecure-policy', `docker-archive:${cwd}/adder.tar`, layout])
    await execa('umoci', ['unpack', '--image', `${cwd}/layout:adder`, join(cwd, 'bundle')])
    const guest = ['--unshare-all', '--bind', join(cwd, 'bundle/rootfs'), '/', '--proc', '/proc', '--dev', '/dev']
    const { stdout } = await execa('bwrap', [...guest, '/usr/bin/adder', '20', '22'])
    expect(stdout).toBe('42')
  })

  async function build(name: string, repositories: readonly string[]): Promise<void> {
    const where = ['--arch', 'x86_64', '--source-dir', name, '--out-dir', 'packages', '--signing-key', 'own.rsa']
    await oursFine('melange-ts', ['build', `${name}.yaml`, ...where, '--generate-index', ...repositories], { cwd })
  }

  async function infoOf(file: string): Promise<string> {
    return (await execa('tar', ['-xzOf', join(cwd, `packages/x86_64/${file}.apk`), '.PKGINFO'])).stdout
  }
})
