import { spawnSync } from 'node:child_process'
import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { startDistributions } from '../src/distributions.ts'
import type { LoopbackInternet } from '../src/internet.ts'

let cwd: string
let internet: LoopbackInternet

beforeAll(async () => {
  cwd = await temporaryDirectory()
  internet = await startDistributions({ directory: cwd, busybox: 'a program', archs: ['x86_64'] })
})
afterAll(() => internet.close())

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
