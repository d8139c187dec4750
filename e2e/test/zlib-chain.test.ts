import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { missingTools } from '../src/tools.ts'

const DATA = join(process.env.CONFORMANCE_DATA ?? resolve(ROOT, '../shared/data'), 'e2e')
const missing = await missingTools(['bwrap', 'skopeo', 'umoci'])
const why = !existsSync(DATA)
  ? ' (skipped: conformance data not present)'
  : missing.length > 0
    ? ` (skipped: ${missing.join(', ')} not installed)`
    : ''

const ZLIB = 'sha256:71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1'

// The toolchain wants zlib under Debian's name, while two packages with the same library do not go together.
const COMPAT = `package:
  name: zlib1g
  version: "99"
  epoch: 0
  dependencies:
    runtime: [zlib]
environment:
  contents:
    packages: [bash, busybox]
pipeline:
  - runs: 'true'
`

const PROGRAM = `package:
  name: squeeze
  version: 0.1.0
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [build-base, busybox, zlib-dev]
pipeline:
  - runs: |
      mkdir -p \${{targets.destdir}}/usr/bin
      gcc -o \${{targets.destdir}}/usr/bin/squeeze squeeze.c $(pkg-config --cflags --libs zlib)
  - uses: strip
test:
  environment:
    contents:
      packages: [bash, busybox]
  pipeline:
    - runs: test "$(squeeze 4000)" = "4000 bytes, again 4000, zlib 1.2.13"
`

const SOURCE = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
int main(int count, char **words) {
  uLong size = count == 2 ? strtoul(words[1], 0, 10) : 1000, packed = compressBound(size), again = size;
  Bytef *text = calloc(1, size), *small = malloc(packed), *back = malloc(size);
  memset(text, 'z', size);
  if (compress(small, &packed, text, size) != Z_OK || packed >= size) return 1;
  if (uncompress(back, &again, small, packed) != Z_OK || memcmp(text, back, size) != 0) return 2;
  return printf("%lu bytes, again %lu, zlib %s\\n", size, again, zlibVersion()) < 0;
}
`

const IMAGE = 'contents:\n  packages: [base-files, squeeze]\nentrypoint:\n  command: /usr/bin/squeeze\n'

test.skipIf(why !== '')(`zlib, a program against it, its test, an image that runs${why}`, async () => {
  const cwd = await temporaryDirectory()
  // A build may write to its cache, and the data may be read-only.
  await mkdir(join(cwd, 'sources'))
  await copyFile(join(DATA, 'sources', ZLIB), join(cwd, 'sources', ZLIB))
  const files = { 'compat.yaml': COMPAT, 'squeeze.yaml': PROGRAM, 'squeeze.c': SOURCE, 'image.yaml': IMAGE }
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
  await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })

  const toolchain = ['-r', join(DATA, 'toolchain'), '-k', join(DATA, 'toolchain/toolchain.rsa.pub')]
  const own = ['-r', 'packages', '-k', 'own.rsa.pub']
  const build = async (recipe: string, flags: readonly string[]): Promise<void> => {
    const args = [
      'build',
      recipe,
      '--arch',
      'x86_64',
      '--signing-key',
      'own.rsa',
      '--cache-dir',
      'sources',
      ...toolchain,
    ]
    await oursFine('melange-ts', [...args, ...flags], { cwd })
  }
  await build(join(DATA, 'recipes/zlib.yaml'), ['--network', 'none'])
  await build('compat.yaml', ['--empty-workspace'])
  await build('squeeze.yaml', own)
  await oursFine('melange-ts', ['test', 'squeeze.yaml', '--arch', 'x86_64', ...own, ...toolchain], { cwd })

  const image = ['build', 'image.yaml', 'squeeze:e2e', 'squeeze.tar', '--arch', 'x86_64', '--sbom-path', '.']
  await oursFine('apko-ts', [...image, ...own, ...toolchain], { cwd })
  await execa('skopeo', ['copy', '-q', '--insecure-policy', 'docker-archive:squeeze.tar', 'oci:layout:squeeze'], {
    cwd,
  })
  await execa('umoci', ['unpack', '--image', 'layout:squeeze', 'bundle'], { cwd })
  const guest = ['--unshare-all', '--bind', join(cwd, 'bundle/rootfs'), '/', '--proc', '/proc', '--dev', '/dev']
  const { stdout } = await execa('bwrap', [...guest, '/usr/bin/squeeze', '123456'])
  expect(stdout).toBe('123456 bytes, again 123456, zlib 1.2.13')
  const database = ['usr/lib/apk/db/installed', 'lib/apk/db/installed'].map((path) => join(cwd, 'bundle/rootfs', path))
  const names = await readFile(database.find((path) => existsSync(path))!, 'utf8')
  expect(names.split('\n')).toEqual(expect.arrayContaining(['P:squeeze', 'P:zlib']))
})
