import { randomBytes } from 'node:crypto'
import { concatBytes, digestOf } from '@apkts/encoding'
import { afterEach, describe, expect, test } from 'vitest'
import { openRemote, parseReference, pushImages, RegistryError, type SourceLayer } from '../src/index.ts'
import { PASSWORD, type RegistryBehaviour, type RegistryServer, startRegistry, USER } from './registry-server.ts'
import { blob, image, index } from './support.ts'

let server: RegistryServer | undefined
afterEach(() => server?.close())

const large = randomBytes(300_000).toString('base64')
const images = [image({ architecture: 'amd64' }, blob(large), blob('b')), image({ architecture: 'arm64' }, blob('b'))]
const credentials = { username: USER, password: PASSWORD }
const options = {
  userAgent: 'test',
  env: {},
  credentials,
  waiting: { sleep: async () => {}, random: () => 0, now: () => 0 },
}

/** Pushes the images to a registry that afterwards behaves as told. */
async function pushed(behaviour: RegistryBehaviour = {}): Promise<RegistryServer> {
  const { forges, tokenUses, ...honest } = behaviour
  const later: { -readonly [K in keyof RegistryBehaviour]: RegistryBehaviour[K] } = { ...honest }
  server = await startRegistry(later)
  await pushImages({ ...options, index: index(...images), references: [parseReference(`${server.host}/team/app:1`)] })
  if (forges !== undefined) later.forges = forges
  if (tokenUses !== undefined) later.tokenUses = tokenUses
  return server
}

const open = ({ host }: RegistryServer, name = ':1') => openRemote(parseReference(`${host}/team/app${name}`), options)

async function contentOf(layer: SourceLayer): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of layer.open()) parts.push(Uint8Array.from(chunk))
  return Buffer.from(concatBytes(parts)).toString()
}

describe('images of a registry', () => {
  test.each<[string, RegistryBehaviour]>([
    ['that wants nothing', {}],
    ['with a password', { auth: 'basic' }],
    ['with tokens', { auth: 'bearer' }],
    ['with tokens that end soon', { auth: 'bearer', tokenUses: 2 }],
    ['that sends readers elsewhere', { auth: 'basic', redirects: true }],
  ])('%s', async (_, behaviour) => {
    const source = await open(await pushed(behaviour))
    expect(source.index).toBe(index(...images).document.digest)
    expect(source.images.map(({ platform, id }) => [platform.architecture, id])).toEqual(
      images.map(({ platform, config }) => [platform.architecture, config.digest]),
    )
    expect(await contentOf(source.images[0]!.layers[0]!)).toBe(large)
    await source.close()
  })

  test('by digest, and one image without an index', async () => {
    const running = await pushed()
    const byDigest = await open(running, `@${index(...images).document.digest}`)
    const single = await open(running, `@${images[1]!.manifest.digest}`)
    expect([byDigest.images.length, single.images.length, single.index]).toEqual([2, 1, undefined])
    await Promise.all([byDigest.close(), single.close()])
  })

  test('pulling asks for no right to push', async () => {
    const running = await pushed({ auth: 'bearer' })
    const before = running.requests.length
    await (await open(running)).close()
    const tokens = running.requests.slice(before).filter((request) => request.includes('/token'))
    expect(tokens).toHaveLength(1)
    expect(decodeURIComponent(tokens[0]!)).toContain('repository:team/app:pull ')
  })
})

describe('what a registry may not do', () => {
  async function codeOf(work: () => Promise<unknown>): Promise<string> {
    const error = await work().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return error instanceof RegistryError ? error.code : String(error)
  }

  test('hand out another manifest under a digest', async () => {
    const running = await pushed({ forges: (kept) => Buffer.concat([kept, Buffer.from(' ')]) })
    expect(await codeOf(() => open(running, `@${images[0]!.manifest.digest}`))).toBe('BLOB_MISMATCH')
  })

  test('hand out other manifests under a tag’s index', async () => {
    let asked = 0
    const running = await pushed({ forges: (kept) => (asked++ === 0 ? kept : Buffer.concat([kept, Buffer.from(' ')])) })
    expect(await codeOf(() => open(running))).toBe('BLOB_MISMATCH')
  })

  test.each<[string, (kept: Buffer) => Buffer]>([
    ['changed', (kept) => Buffer.from(kept).fill(0, 0, 1)],
    ['longer', (kept) => Buffer.concat([kept, Buffer.alloc(1 << 20)])],
    ['shorter', (kept) => kept.subarray(1)],
  ])('hand out a blob that is %s', async (_, forges) => {
    let isOpen = false
    const running = await pushed({ forges: (kept) => (isOpen ? forges(kept) : kept) })
    const source = await open(running)
    isOpen = true
    expect(await codeOf(() => contentOf(source.images[0]!.layers[0]!))).toBe('BLOB_MISMATCH')
    await source.close()
  })

  test('send documents without end', async () => {
    const running = await pushed({ forges: () => Buffer.alloc(5 << 20, 0x20) })
    expect(await codeOf(() => open(running))).toBe('IMAGE_INVALID')
  })

  test.each<[string, string, string]>([
    ['a tag that is not there', ':2', 'DOWNLOAD_FAILED'],
    ['a digest that is not there', `@${digestOf('x')}`, 'DOWNLOAD_FAILED'],
  ])('%s', async (_, name, code) => {
    const running = await pushed()
    expect(await codeOf(() => open(running, name))).toBe(code)
  })
})
