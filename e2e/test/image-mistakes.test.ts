import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ours, temporaryDirectory } from '../src/commands.ts'
import { makeKey, makeRepository, type TestKey } from '../src/repository.ts'

let home: string
let key: TestKey
let stranger: TestKey

beforeAll(async () => {
  home = await temporaryDirectory()
  key = await makeKey('good')
  stranger = await makeKey('stranger')
  const packages = [
    { name: 'hello', dependencies: ['libhello'], files: { 'usr/bin/hello': '#!/bin/sh\necho hi\n' } },
    { name: 'libhello', files: { 'usr/lib/libhello.so.1': 'not really a library' } },
    { name: 'big', files: { 'usr/share/big': new Uint8Array(3_000_000).map((_, i) => (i * 2654435761) >>> 24) } },
  ]
  await makeRepository(join(home, 'signed'), packages, key)
  await makeRepository(join(home, 'unsigned'), packages, undefined)
  await makeRepository(join(home, 'flipped'), packages, key)
  await flipByte(join(home, 'flipped/x86_64/hello-1.0-r0.apk'))
  await writeFile(join(home, 'stranger.rsa.pub'), stranger.publicPem)
  await copyFile(join(home, 'signed/good.rsa.pub'), join(home, 'good.rsa.pub'))
})

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[bytes.length - 20]! ^= 1
  await writeFile(path, bytes)
}

const config = (repository: string, keyFile: string, packages = '[hello]') =>
  `contents:\n  keyring: [${keyFile}]\n  repositories: [./${repository}]\n  packages: ${packages}\narchs: [x86_64]\n`

interface Mistake {
  readonly what: string
  readonly yaml?: string
  readonly args?: readonly string[]
  readonly says: readonly string[]
}

const MISTAKES: readonly Mistake[] = [
  { what: 'a configuration that is not there', args: ['build', 'gone.yaml', '-o', 'gone.tar'], says: ['gone.yaml'] },
  { what: 'a YAML syntax error', yaml: 'contents:\n  packages: [a\n', says: ['image.yaml:'] },
  {
    what: 'an unknown key',
    yaml: 'contents:\n  pakages: [hello]\n',
    says: ['pakages', 'image.yaml:2:3', 'did you mean', 'packages', '^'],
  },
  {
    what: 'several mistakes at once',
    yaml: 'contents:\n  pakages: [hello]\ncmd: [x]\nvolumes: y\n',
    says: ['image.yaml:2', 'image.yaml:3', 'image.yaml:4'],
  },
  {
    what: 'an unknown package',
    yaml: config('signed', 'good.rsa.pub', '[helo]'),
    says: ['helo', 'did you mean', 'hello'],
  },
  { what: 'an unsigned index', yaml: config('unsigned', 'good.rsa.pub'), says: ['unsigned/x86_64/APKINDEX.tar.gz'] },
  {
    what: 'an index signed by an unknown key',
    yaml: config('signed', 'stranger.rsa.pub'),
    says: ['good.rsa.pub', 'stranger.rsa.pub'],
  },
  { what: 'one flipped byte in a package', yaml: config('flipped', 'good.rsa.pub'), says: ['hello-1.0-r0'] },
  { what: 'no repository', yaml: 'contents:\n  packages: [hello]\n', says: ['repositor'] },
  { what: 'a key file that is not there', yaml: config('signed', 'nokey.rsa.pub'), says: ['nokey.rsa.pub'] },
  {
    what: 'an unknown flag',
    args: ['build', 'image.yaml', '--archs', 'x86_64'],
    says: ['--archs', 'did you mean', '--arch'],
  },
]

describe('a mistake in an image build is answered clearly and leaves nothing half-written', () => {
  test.each(MISTAKES)('$what', async ({ yaml, args, says }) => {
    const cwd = await temporaryDirectory()
    for (const name of ['signed', 'unsigned', 'flipped', 'good.rsa.pub', 'stranger.rsa.pub']) {
      spawnSync('cp', ['-r', join(home, name), cwd])
    }
    await writeFile(join(cwd, 'image.yaml'), yaml ?? config('signed', 'good.rsa.pub'))
    const before = (await readdir(cwd)).sort()
    const { exitCode, stdout, stderr } = await ours('apko-ts', args ?? ['build', 'image.yaml', 'test:1', 'out.tar'], {
      cwd,
    })
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    for (const words of says) expect(stderr).toContain(words)
    expect(stderr).toMatch(/error\[[A-Z0-9_]+\]: /)
    expect(stderr).not.toMatch(/\n\s+at .*[:(]/)
    expect((await readdir(cwd)).filter((name) => name !== '.cache').sort()).toEqual(before)
  })
})

/** Mounting a tiny file system needs root. */
const canMount = process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0

describe.skipIf(!canMount)('a full disk', () => {
  test('is named, and neither the tar nor an SBOM is left behind', async () => {
    const cwd = await temporaryDirectory()
    const small = join(cwd, 'small')
    await mkdir(small)
    spawnSync('cp', ['-r', join(home, 'signed'), join(home, 'good.rsa.pub'), cwd])
    await writeFile(join(cwd, 'image.yaml'), config('signed', 'good.rsa.pub', '[hello, big]'))
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]).status).toBe(0)
    try {
      const args = ['build', 'image.yaml', 'test:1', 'small/out.tar', '--sbom-path', 'small']
      const { exitCode, stderr } = await ours('apko-ts', args, { cwd })
      expect(exitCode).toBe(1)
      expect(stderr).toContain('ENOSPC')
      expect(await readdir(small)).toEqual([])
    } finally {
      spawnSync('umount', [small])
    }
  })
})
