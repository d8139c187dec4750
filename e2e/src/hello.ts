import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeKey, makeRepository } from './repository.ts'

const SOURCE = `#include <stdio.h>
int main(int argc, char **argv) { printf("hello from %s\\n", argc > 1 ? argv[1] : "an image"); return 0; }
`

/**
 * Makes `image.yaml` and the packages it installs, in a directory: a static program that says hello, and 2 MB that do not
 * compress, for two architectures. The program is of this machine's kind in both. `root.yaml` is the same without layers.
 * A package that the image does not have is called `extra`.
 */
export async function makeHelloImage(home: string): Promise<void> {
  const key = await makeKey('test')
  const hello = { name: 'hello', files: { 'usr/bin/hello': await compile(home) } }
  const ballast = { name: 'ballast', files: { 'usr/share/ballast': noise(2 << 20) } }
  const extra = { name: 'extra', files: { 'usr/share/extra': noise(1 << 20) } }
  for (const arch of ['x86_64', 'aarch64'])
    await makeRepository(join(home, 'packages'), [hello, ballast, extra], key, arch)
  await writeFile(join(home, 'root.yaml'), CONFIG)
  await writeFile(join(home, 'image.yaml'), `${CONFIG}layering: {strategy: origin, budget: 3}\n`)
}

const CONFIG = `contents:
  keyring: [packages/test.rsa.pub]
  repositories: [./packages]
  packages: [hello, ballast]
entrypoint: {command: /usr/bin/hello}
cmd: apko-ts
accounts:
  groups: [{groupname: nonroot, gid: 65532}]
  users: [{username: nonroot, uid: 65532, gid: 65532}]
  run-as: 65532
archs: [x86_64, aarch64]
`

async function compile(home: string): Promise<Uint8Array> {
  const directory = join(home, 'src')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'hello.c'), SOURCE)
  await execa('gcc', ['-static', '-Os', '-s', '-o', 'hello', 'hello.c'], { cwd: directory })
  return readFile(join(directory, 'hello'))
}

/** The same bytes every time, which no compressor finds a pattern in. */
function noise(size: number): Uint8Array {
  const words = new Uint32Array(size / 4)
  let state = 0x9e3779b9
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return new Uint8Array(words.buffer)
}
