import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeKey, makeRepository } from './support/repository.ts'
import { runCommand } from './support/run.ts'
import { type DirectoryServer, serveDirectory } from './support/serve.ts'

interface Plan {
  readonly images: readonly {
    readonly arch: string
    readonly packages: readonly { readonly name: string; readonly source: string; readonly size: number }[]
    readonly layers?: readonly {
      readonly packages: readonly string[]
      readonly state: string
      readonly digest?: string
    }[]
  }[]
  readonly download: { readonly packages: number; readonly bytes: number }
}

let home: string
let server: DirectoryServer
let url: string
let cwd: string
let count = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-plan-'))
  const key = await makeKey('test')
  const packages = [{ name: 'app', dependencies: ['lib'] }, { name: 'lib' }, { name: 'unused' }]
  await makeRepository(join(home, 'repo'), { arch: 'x86_64', key, packages })
  server = await serveDirectory(join(home, 'repo'))
  url = server.url
})
afterAll(async () => {
  server.close()
  await rm(home, { recursive: true, force: true })
})
beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
  server.served.length = 0
})

const at = (name: string) => join(cwd, name)

async function config(repository: string, more = ''): Promise<string> {
  const text = `contents: {keyring: [${home}/repo/test.rsa.pub], repositories: ["${repository}"], packages: [app]}
archs: [x86_64]
layering: {strategy: origin, budget: 9}
${more}`
  await writeFile(at('image.yaml'), text)
  return at('image.yaml')
}

async function plan(command: string, ...argv: string[]): Promise<Plan> {
  const { printed } = await runCommand([command, ...argv, '--plan', '--json', '--cache-dir', at('cache')])
  return JSON.parse(printed) as Plan
}

const sources = ({ images }: Plan) =>
  images.flatMap(({ packages }) => packages.map(({ name, source }) => `${name} ${source}`))
const layers = ({ images }: Plan) =>
  images.flatMap((image) => (image.layers ?? []).map(({ packages, state }) => `${packages.join(' ')}: ${state}`))

async function buildImage(path: string): Promise<void> {
  const flags = ['--sbom=false', '--vcs=false', '--cache-dir', at('cache')]
  await runCommand(['build', path, '-o', at('out.tar'), ...flags])
}

describe('build --plan', () => {
  test('counts what would be downloaded, downloads no package and writes no image', async () => {
    const found = await plan('build', await config(url))
    expect(sources(found)).toEqual(['lib download', 'app download'])
    expect(layers(found)).toEqual(['app: unknown', 'lib: unknown', ': unknown'])
    const sizes = await Promise.all(
      ['app', 'lib'].map((name) => readFile(join(home, `repo/x86_64/${name}-1.0-r0.apk`))),
    )
    expect(found.download).toEqual({ packages: 2, bytes: sizes.reduce((sum, { length }) => sum + length, 0) })
    expect(server.served.filter((path) => path.endsWith('.apk'))).toEqual([])
    expect((await readdir(cwd)).sort()).toEqual(['cache', 'image.yaml'])
  })

  test('after a build finds packages and layers in the cache', async () => {
    const path = await config(url)
    await buildImage(path)
    const found = await plan('build', path)
    expect(sources(found)).toEqual(['lib cached', 'app cached'])
    expect(layers(found)).toEqual(['app: cached', 'lib: cached', ': cached'])
    expect(found.images[0]!.layers![0]!.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(found.download).toEqual({ packages: 0, bytes: 0 })
  })

  test('tells the layers that a change of the configuration touches from those it does not', async () => {
    await buildImage(await config(url))
    const found = await plan('build', await config(url, 'environment: {A: b}\n'))
    expect(layers(found)).toEqual(['app: cached', 'lib: cached', ': make'])
  })

  test('knows files of this machine, and only the cached part of a larger image', async () => {
    const local = await plan('build', await config(join(home, 'repo')))
    expect(sources(local)).toEqual(['lib local', 'app local'])
    await buildImage(await config(url))
    const more = await plan('build', await config(url), '-p', 'unused')
    expect(sources(more)).toEqual(['lib cached', 'app cached', 'unused download'])
  })

  test('works from a lock file, with the sizes it states', async () => {
    const path = await config(url)
    await runCommand(['lock', path, '--cache-dir', at('other')])
    const found = await plan('build', path, '--lockfile', at('image.lock.json'))
    expect(sources(found)).toEqual(['lib download', 'app download'])
    expect(found.download.bytes).toBe((await plan('build', path)).download.bytes)
  })

  test('says the same to people', async () => {
    const path = await config(url)
    const { printed } = await runCommand(['build', path, '--plan', '--cache-dir', at('cache')])
    expect(printed).toMatch(/^x86_64: 2 packages: 2 download \(\d+ B|\d+\.\d kB\)\n {2}download/)
    expect(printed).toContain(`lib-1.0-r0  ${url}/x86_64/lib-1.0-r0.apk\n`)
    expect(printed).toMatch(/x86_64: 3 layers\n {2}make\? +app\n/)
    expect(printed).toMatch(/to download in all: 2 packages, .*\n$/)
  })

  test('shows no password', async () => {
    const { host } = new URL(url)
    const { printed } = await runCommand([
      ...['build', await config(`http://me:secret@${host}`), '--plan', '--json', '--cache-dir', at('cache')],
    ])
    expect(printed).toContain(`@${host}/x86_64/lib-1.0-r0.apk`)
    expect(printed).not.toContain('secret')
  })
})

test('lock --plan counts packages alone and writes no lock file', async () => {
  const found = await plan('lock', await config(url))
  expect(sources(found)).toEqual(['lib download', 'app download'])
  expect(found.images[0]).not.toHaveProperty('layers')
  expect((await readdir(cwd)).sort()).toEqual(['cache', 'image.yaml'])
})

test('publish --plan asks no registry for anything', async () => {
  const { printed } = await runCommand([
    ...['publish', await config(url), '127.0.0.1:1/team/app:1', '--plan', '--json', '--cache-dir', at('cache')],
  ])
  expect(sources(JSON.parse(printed) as Plan)).toEqual(['lib download', 'app download'])
})
