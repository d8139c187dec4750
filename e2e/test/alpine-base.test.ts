import { spawnSync } from 'node:child_process'
import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { type LoopbackInternet, startInternet } from '../src/internet.ts'
import { makeKey, makeRepository } from '../src/repository.ts'

let cwd: string
let internet: LoopbackInternet

beforeAll(async () => {
  cwd = await temporaryDirectory()
  const key = await makeKey('alpine-devel@example.org-1')
  const mirror = join(cwd, 'mirror/alpine/edge/main')
  await makeRepository(
    mirror,
    [
      {
        name: 'alpine-base',
        dependencies: ['busybox'],
        files: { 'etc/os-release': 'ID=alpine\nNAME="Alpine"\nVERSION_ID=3.99\n' },
      },
      { name: 'busybox', version: '1.36.1-r7', files: { 'bin/busybox': 'a program', 'bin/sh': '-> /bin/busybox' } },
    ],
    key,
  )
  const files = await filesBelow(join(cwd, 'mirror'))
  const releases = {
    release_branches: [
      {
        rel_branch: 'edge',
        keys: {
          x86_64: [{ url: 'https://alpinelinux.org/keys/alpine-devel%20example.org-1.rsa.pub', deprecated_since: '' }],
        },
      },
    ],
  }
  internet = await startInternet(
    {
      'dl-cdn.alpinelinux.org': (path) => files.get(path),
      'alpinelinux.org': (path) =>
        path === '/releases.json'
          ? JSON.stringify(releases)
          : path === '/keys/alpine-devel@example.org-1.rsa.pub'
            ? key.publicPem
            : undefined,
    },
    cwd,
  )
})
afterAll(() => internet.close())

async function filesBelow(directory: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(path.slice(directory.length), await readFile(path))
  }
  return files
}

describe("the README's classic example, against a loopback mirror with the same URLs", () => {
  test('builds with the documented command and finds the distribution key by itself', async () => {
    await copyFile(join(ROOT, 'examples/alpine-base.yaml'), join(cwd, 'alpine-base.yaml'))
    const args = ['build', 'alpine-base.yaml', 'apko-alpine:edge', 'apko-alpine.tar', '--arch', 'x86_64']
    await oursFine('apko-ts', args, { cwd, env: internet.env })
    expect(internet.requests).toContain('GET https://dl-cdn.alpinelinux.org/alpine/edge/main/x86_64/APKINDEX.tar.gz')
    const manifest = spawnSync('tar', ['-xOf', join(cwd, 'apko-alpine.tar'), 'manifest.json'], { encoding: 'utf8' })
    expect(JSON.parse(manifest.stdout)).toMatchObject([
      { RepoTags: ['index.docker.io/library/apko-alpine:edge-amd64'] },
    ])
    expect(await readdir(cwd)).toEqual(expect.arrayContaining(['sbom-x86_64.spdx.json', 'sbom-index.spdx.json']))
  })

  test('builds the same bytes again offline, from the cache', async () => {
    const args = ['build', 'alpine-base.yaml', 'apko-alpine:edge', 'again.tar', '--arch', 'x86_64', '--offline']
    const asked = internet.requests.length
    await oursFine('apko-ts', args, { cwd, env: internet.env })
    expect(internet.requests.length).toBe(asked)
    expect(await readFile(join(cwd, 'again.tar'))).toEqual(await readFile(join(cwd, 'apko-alpine.tar')))
  })
})
