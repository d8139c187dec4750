import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeKey, makeRepository } from './support/repository.ts'
import { runCommand } from './support/run.ts'
import { type DirectoryServer, serveDirectory } from './support/serve.ts'

let home: string
let server: DirectoryServer
let cwd: string
let count = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-credentials-'))
  const key = await makeKey('test')
  await makeRepository(join(home, 'repo'), { arch: 'x86_64', key, packages: [{ name: 'app' }] })
  server = await serveDirectory(join(home, 'repo'), `Basic ${btoa('me:s3cret')}`)
})
afterAll(async () => {
  server.close()
  await rm(home, { recursive: true, force: true })
})
beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
  const url = server.url.replace('//', '//me:s3cret@')
  const text = `contents: {keyring: [${home}/repo/test.rsa.pub], repositories: ["${url}", "@t ${url}"], packages: [app]}\narchs: [x86_64]\n`
  await writeFile(join(cwd, 'image.yaml'), text)
})

const at = (name: string) => join(cwd, name)

type Tar = ReturnType<typeof parseTar>

function textIn(tar: Tar, path: string): string {
  return utf8Decode(tar.find(({ header }) => header.path === path)!.content)
}

describe('credentials in the URLs of repositories', () => {
  test.each<[string, readonly string[], () => Promise<Tar>]>([
    [
      'an image',
      ['build', 'image.yaml', '-o', 'out.tar', '--sbom=false', '--vcs=false'],
      async () => {
        const members = parseTar(await readFile(at('out.tar')))
        const layer = members.find(({ header }) => header.path.endsWith('.tar.gz'))!
        return parseTar(gunzipAll(layer.content, 1 << 24))
      },
    ],
    [
      'a root file system',
      ['build-minirootfs', 'image.yaml', 'out.tar', '--build-arch', 'x86_64'],
      async () => parseTar(await readFile(at('out.tar'))),
    ],
  ])('are in %s as in apko, with a warning, unless they are stripped', async (_, argv, read) => {
    const build = (...flags: string[]) =>
      runCommand([
        ...argv.map((word) => (/\.(yaml|tar)$/.test(word) ? at(word) : word)),
        '--cache-dir',
        at('cache'),
        ...flags,
      ])
    const { warnings } = await build()
    expect(textIn(await read(), 'etc/apk/repositories')).toContain('me:s3cret@')
    expect(warnings.filter((warning) => warning.includes('--strip-credentials'))).toHaveLength(2)
    expect(warnings.join()).not.toContain('s3cret')
    const stripped = await build('--strip-credentials')
    const tar = await read()
    expect(textIn(tar, 'etc/apk/repositories')).toBe(
      `${`${server.url}\n@t ${server.url}\n`.split('\n').sort().join('\n').trim()}\n`,
    )
    expect(textIn(tar, 'etc/apko.json')).toContain(server.url)
    expect(tar.map(({ content }) => utf8Decode(content)).join()).not.toContain('s3cret')
    expect(stripped.warnings.filter((warning) => warning.includes('credentials'))).toEqual([])
  })

  test('are not in the names of cached files', async () => {
    await runCommand([
      'build',
      at('image.yaml'),
      '-o',
      at('out.tar'),
      '--sbom=false',
      '--vcs=false',
      '--cache-dir',
      at('cache'),
    ])
    const names = await readdir(at('cache'), { recursive: true })
    expect(names.some((name) => name.endsWith('.dat.tar'))).toBe(true)
    expect(names.filter((name) => name.includes('s3cret'))).toEqual([])
  })
})
