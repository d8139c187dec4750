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
/** The layers of a single image are copied into its archive while it is built. */
const ARCHS = ['x86_64,aarch64', 'x86_64']
const outputsOf = (archs: string) =>
  ['hello.tar', 'sbom-index.spdx.json', ...archs.split(',').map((arch) => `sbom-${arch}.spdx.json`)].sort()

describe.skipIf(missing.length > 0)(`interrupted at any moment${why}`, () => {
  let home: string
  const whole = new Map<string, Record<string, string>>()
  let duration: number
  let server: RegistryServer | undefined

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeHelloImage(home)
    for (const archs of ARCHS) {
      const place = await makePlace(archs)
      const started = performance.now()
      await build(place, archs)
      duration = performance.now() - started
      whole.set(archs, await digestsIn(place.out))
      expect(Object.keys(whole.get(archs)!)).toEqual(outputsOf(archs))
    }
  })
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  test.each(SIGNALS.flatMap((signal) => ARCHS.map((archs) => ({ signal, archs }))))(
    'a build leaves nothing half done, and the next one gives the same bytes ($signal, $archs)',
    async (row) => {
      const { signal, archs } = row
      const place = await makePlace(`${signal}-${archs}`)
      for (const [i, after] of momentsOver(duration, MOMENTS.build).entries()) {
        if (i % 4 === 0) await rm(place.cache, { recursive: true, force: true })
        const status = await interrupted(
          buildArgs(place, archs),
          { signal, after },
          { cwd: home, env: { TMPDIR: place.temp } },
        )
        expect([0, signal === 'SIGINT' ? 130 : 137]).toContain(status)
        expect(whole.get(archs)).toMatchObject(await digestsIn(place.out))
        if (signal === 'SIGINT') expect(await hiddenIn(place)).toEqual([])
        await build(place, archs)
        expect(await digestsIn(place.out)).toEqual(whole.get(archs))
        for (const name of outputsOf(archs)) await rm(join(place.out, name))
      }
      await oursFine('apko-ts', ['cache', 'verify', '--cache-dir', place.cache], { cwd: home })
    },
  )

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
      const index = JSON.parse(await readFile(join(home, ARCHS[0]!, 'out/sbom-index.spdx.json'), 'utf8'))
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

  function buildArgs(place: Place, archs: string): string[] {
    return [
      'build',
      'image.yaml',
      'team/app:v1',
      join(place.out, 'hello.tar'),
      '--sbom-path',
      place.out,
      '--arch',
      archs,
      ...flags(place),
    ]
  }

  function build(place: Place, archs: string) {
    return oursFine('apko-ts', buildArgs(place, archs), { cwd: home, env: { TMPDIR: place.temp } })
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
