import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writePlainIndex } from './support/plain-index.ts'
import { run } from './support/program.ts'

let directory = ''

const RECORDS = [
  'app-1.0-r0 D:so:libz.so.1,shell',
  'bash-5.0-r0 p:shell=5 D:so:libc.so.1',
  'dash-0.5-r0 p:shell=4',
  'zlib-1.2-r0 p:so:libz.so.1=1.2 D:so:libc.so.1',
  'zlib-1.3-r0 p:so:libz.so.1=1.3 D:so:libc.so.1',
  'musl-1.2-r0 p:so:libc.so.1',
  'zlib-doc-1.3-r0 i:zlib',
  'loop-1.0-r0 D:pool',
  'pool-1.0-r0 D:loop',
]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'explain-'))
  await writePlainIndex(directory, 'x86_64', RECORDS)
  const packages = ['app', 'zlib<1.3', 'pool']
  const yaml = `contents:\n  repositories: [${directory}]\n  packages:\n${packages.map((name) => `    - ${name}\n`).join('')}`
  await writeFile(join(directory, 'image.yaml'), `${yaml}archs: [amd64]\n`)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function explain(...argv: string[]) {
  const cache = join(directory, 'cache')
  const ran = await run('explain', join(directory, 'image.yaml'), ...argv, '--ignore-signatures', '--cache-dir', cache)
  return { ...ran, out: ran.out.replaceAll(directory, '.') }
}

describe('explain', () => {
  test('shows every package once, below what brought it in', async () => {
    const { status, out } = await explain()
    expect(status).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "app-1.0-r0  [./image.yaml:4:7]
      ├─ zlib-1.2-r0  for so:libz.so.1
      │  ├─ musl-1.2-r0  for so:libc.so.1
      │  └─ zlib-doc-1.3-r0  install_if zlib
      └─ bash-5.0-r0  for shell  (preferred to dash-0.5-r0)
      pool-1.0-r0  [./image.yaml:6:7]
      └─ loop-1.0-r0
      "
    `)
  })

  test('shows the chain from the line of the configuration, rivals and rules', async () => {
    const { out } = await explain('bash')
    expect(out).toMatchInlineSnapshot(`
      "bash-5.0-r0  ./x86_64/bash-5.0-r0.apk
        ./image.yaml:4:7 asks for "app" → app-1.0-r0
        app-1.0-r0 needs "shell" → bash-5.0-r0
        preferred to:
          dash-0.5-r0: bash has the higher version of the wanted name
      "
    `)
  })

  test('shows what was ruled out', async () => {
    const { out } = await explain('so:libz.so.1')
    expect(out).toMatchInlineSnapshot(`
      "zlib-1.2-r0  ./x86_64/zlib-1.2-r0.apk
        ./image.yaml:4:7 asks for "app" → app-1.0-r0
        app-1.0-r0 needs "so:libz.so.1" → zlib-1.2-r0
        ruled out:
          zlib-1.3-r0: version 1.3-r0 does not satisfy "zlib<1.3"
        also for:
          ./image.yaml:5:7 asks for "zlib<1.3"
        brought in:
          musl-1.2-r0
          zlib-doc-1.3-r0
      "
    `)
  })

  test('says when a package that is not there was looked at', async () => {
    const { status, out } = await explain('dash')
    expect(status).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "dash is not in the image
        it was looked at when:
          app-1.0-r0 needs "shell" → bash-5.0-r0; not dash-0.5-r0: bash has the higher version of the wanted name
      "
    `)
  })

  test('fails for what nothing asked for, with near names', async () => {
    const { status, err } = await explain('zlob')
    expect(status).toBe(1)
    expect(err).toContain('did you mean "zlib"')
  })

  test('prints JSON with places', async () => {
    const { out } = await explain('musl', '--json')
    const [{ arch, packages }] = JSON.parse(out).architectures
    expect(arch).toBe('x86_64')
    expect(packages).toHaveLength(1)
    expect(packages[0].chain[0]).toEqual({
      kind: 'world',
      constraint: 'app',
      at: { file: './image.yaml', line: 4, column: 7 },
    })
    expect(packages[0].chain.at(-1)).toMatchObject({ kind: 'dependency', constraint: 'so:libc.so.1' })
  })

  test('prints the whole image as JSON', async () => {
    const { out } = await explain('--json')
    const [{ packages }] = JSON.parse(out).architectures
    expect(packages.map(({ name }: { name: string }) => name)).toContain('zlib')
  })
})
