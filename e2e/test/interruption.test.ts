import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RegistryServer, startRegistry } from '../../packages/registry/test/registry-server.ts'
import { oursFine, temporaryDirectory } from '../src/commands.ts'
import { makeHelloImage } from '../src/hello.ts'
import { interrupted, momentsOver } from '../src/interrupted.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['gcc'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
const SIGNALS = ['SIGKILL', 'SIGINT'] as const
const MOMENTS = { build: 10, push: 6 }
const OUTPUTS = ['hello.tar', 'sbom-aarch64.spdx.json', 'sbom-index.spdx.json', 'sbom-x86_64.spdx.json']

describe.skipIf(missing.length > 0)(`interrupted at any moment${why}`, () => {
  let home: string
  let whole: Record<string, string>
  let duration: number
  let server: RegistryServer | undefined

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeHelloImage(home)
    const place = await makePlace('whole')
    const started = performance.now()
    await build(place)
    duration = performance.now() - started
    whole = await digestsIn(place.out)
    expect(Object.keys(whole)).toEqual(OUTPUTS)
  })
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  test.each(SIGNALS)('a build leaves nothing half done, and the next one gives the same bytes (%s)', async (signal) => {
    const place = await makePlace(signal)
    for (const [i, after] of momentsOver(duration, MOMENTS.build).entries()) {
      if (i % 4 === 0) await rm(place.cache, { recursive: true, force: true })
      const status = await interrupted(buildArgs(place), { signal, after }, { cwd: home, env: { TMPDIR: place.temp } })
      expect([0, signal === 'SIGINT' ? 130 : 137]).toContain(status)
      expect(whole).toMatchObject(await digestsIn(place.out))
      if (signal === 'SIGINT') expect(await hiddenIn(place)).toEqual([])
      await build(place)
      expect(await digestsIn(place.out)).toEqual(whole)
      for (const name of OUTPUTS) await rm(join(place.out, name))
    }
    await oursFine('apko-ts', ['cache', 'verify', '--cache-dir', place.cache], { cwd: home })
  })

  test.each(SIGNALS)('a push leaves whole images or none, and the next one completes it (%s)', async (signal) => {
    const place = await makePlace(`push-${signal}`)
    const args = (host: string) => ['publish', 'image.yaml', `${host}/team/app:v1`, '--attach-sbom', ...flags(place)]
    for (const after of momentsOver(duration, MOMENTS.push)) {
      server = await startRegistry()
      const options = { cwd: home, env: { TMPDIR: place.temp } }
      const status = await interrupted(args(server.host), { signal, after }, options)
      expect([0, signal === 'SIGINT' ? 130 : 137]).toContain(status)
      expectComplete(server)
      await oursFine('apko-ts', args(server.host), { cwd: home })
      expectComplete(server)
      const index = JSON.parse(await readFile(join(home, 'whole/out/sbom-index.spdx.json'), 'utf8'))
      expect(JSON.stringify(index)).toContain(server.tags.get('team/app:v1')!.slice(7))
      await server.close()
    }
  })

  interface Place {
    readonly out: string
    readonly cache: string
    readonly temp: string
  }

  async function makePlace(name: string): Promise<Place> {
    const place = { out: join(home, name, 'out'), cache: join(home, name, 'cache'), temp: join(home, name, 'tmp') }
    for (const directory of [place.out, place.temp]) await mkdir(directory, { recursive: true })
    return place
  }

  function flags({ cache }: Place): string[] {
    return ['--vcs=false', '--cache-dir', cache]
  }

  function buildArgs(place: Place): string[] {
    return [
      'build',
      'image.yaml',
      'team/app:v1',
      join(place.out, 'hello.tar'),
      '--sbom-path',
      place.out,
      ...flags(place),
    ]
  }

  function build(place: Place) {
    return oursFine('apko-ts', buildArgs(place), { cwd: home, env: { TMPDIR: place.temp } })
  }
})

/** Digest of every file that has its final name. */
async function digestsIn(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort()
  const digests = await Promise.all(names.map(async (name) => sha256Hex(await readFile(join(directory, name)))))
  return Object.fromEntries(names.map((name, i) => [name, digests[i]!]))
}

async function hiddenIn({ out, temp }: { readonly out: string; readonly temp: string }): Promise<string[]> {
  return [...(await readdir(out)).filter((name) => name.startsWith('.')), ...(await readdir(temp))]
}

/** Everything that a stored manifest names is there, and everything that a tag names. */
function expectComplete({ manifests, blobs, tags }: RegistryServer): void {
  for (const bytes of manifests.values()) {
    const { config, layers = [], manifests: children = [] } = JSON.parse(bytes.toString())
    for (const { digest } of config === undefined ? layers : [config, ...layers]) {
      expect([...blobs.keys()]).toContain(`team/app ${digest}`)
    }
    for (const { digest } of children) expect([...manifests.keys()]).toContain(`team/app ${digest}`)
  }
  for (const digest of tags.values()) expect([...manifests.keys()]).toContain(`team/app ${digest}`)
}
