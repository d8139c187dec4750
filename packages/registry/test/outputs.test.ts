import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTar } from '@apkts/archive'
import { digestHex } from '@apkts/encoding'
import { MEDIA_TYPE } from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dockerManifest, readBaseImage, untaggedImages, writeDockerArchive, writeOciLayout } from '../src/index.ts'
import { blob, image, index } from './support.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'outputs-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const shared = blob('shared')
const amd64 = image({ architecture: 'amd64' }, shared, blob('amd64 only'))
const arm6 = image({ architecture: 'arm', variant: 'v6' }, shared)
const arm7 = image({ architecture: 'arm', variant: 'v7' }, shared)
const all = index(arm7, amd64, arm6)

async function members(path: string) {
  return parseTar(await readFile(path))
}

describe('a docker archive', () => {
  test('holds every config, layer and manifest once, in index order', async () => {
    const path = join(root, 'out.tar')
    await writeDockerArchive(path, { index: all, tags: ['team/app:v1'] })
    const layerName = ({ digest }: { digest: `sha256:${string}` }) => `${digestHex(digest)}.tar.gz`
    expect((await members(path)).map(({ header }) => header.path)).toEqual([
      amd64.config.digest,
      ...amd64.layers.map(layerName),
      arm6.config.digest,
      arm7.config.digest,
      'manifest.json',
      amd64.manifest.digest,
      arm6.manifest.digest,
      arm7.manifest.digest,
      'index.json',
    ])
  })

  test('names one image per tag; of the variants of one architecture the newest', async () => {
    const path = join(root, 'out.tar')
    await writeDockerArchive(path, { index: all, tags: ['localhost:5000/x/y:b', 'xy:a'] })
    const manifest = (await members(path)).find(({ header }) => header.path === 'manifest.json')!
    const entries = JSON.parse(Buffer.from(manifest.content).toString())
    expect(entries.map(({ Config, RepoTags }: { Config: string; RepoTags: string[] }) => [Config, RepoTags])).toEqual([
      [amd64.config.digest, ['localhost:5000/x/y:b-amd64', 'index.docker.io/library/xy:a-amd64']],
      [arm7.config.digest, ['localhost:5000/x/y:b-arm', 'index.docker.io/library/xy:a-arm']],
    ])
  })

  test('names every variant when asked to', async () => {
    const path = join(root, 'out.tar')
    await writeDockerArchive(path, { index: all, tags: ['xy:a'], variantTags: true })
    const manifest = (await members(path)).find(({ header }) => header.path === 'manifest.json')!
    const entries = JSON.parse(Buffer.from(manifest.content).toString())
    expect(entries.map(({ Config, RepoTags }: { Config: string; RepoTags: string[] }) => [Config, RepoTags])).toEqual([
      [amd64.config.digest, ['index.docker.io/library/xy:a-amd64']],
      [arm6.config.digest, ['index.docker.io/library/xy:a-armv6']],
      [arm7.config.digest, ['index.docker.io/library/xy:a-armv7']],
    ])
    expect(untaggedImages(all)).toEqual([arm6])
  })

  test('is readable by tar to the end, and the same every time', async () => {
    const [first, second] = [join(root, 'a.tar'), join(root, 'b.tar')]
    for (const path of [first, second]) await writeDockerArchive(path, { index: all, tags: ['xy'] })
    expect((await readFile(first)).equals(await readFile(second))).toBe(true)
    expect((await members(first)).at(-1)?.header.path).toBe('index.json')
    expect((await readFile(first)).subarray(-1024).every((byte) => byte === 0)).toBe(true)
  })

  test('has no stray block behind a manifest.json that fills its blocks', async () => {
    const one = index(amd64)
    const lengths = Array.from({ length: 100 }, (_, i) => i + 1)
    const candidates = lengths.flatMap((n) => lengths.map((m) => [`xy:${'a'.repeat(n)}`, `xy:${'b'.repeat(m)}`]))
    const tags = candidates.find((pair) => dockerManifest({ index: one, tags: pair }).length % 512 === 0)!
    await writeDockerArchive(join(root, 'out.tar'), { index: one, tags })
    expect((await members(join(root, 'out.tar'))).map(({ header }) => header.path).slice(-3)).toEqual([
      'manifest.json',
      amd64.manifest.digest,
      'index.json',
    ])
  })

  test('replaces a longer file, and leaves nothing behind when it fails', async () => {
    const path = join(root, 'out.tar')
    await writeFile(path, Buffer.alloc(1 << 20, 1))
    const gone = { ...shared, content: { kind: 'file' as const, path: join(root, 'gone'), offset: 0, size: 6 } }
    const broken = index(image({ architecture: 'amd64' }, gone))
    await expect(writeDockerArchive(path, { index: broken, tags: ['xy'] })).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await stat(path)).size).toBe(1 << 20)
    await writeDockerArchive(path, { index: all, tags: ['xy'] })
    expect((await stat(path)).size).toBeLessThan(1 << 20)
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('a bad tag is found before anything is written', async () => {
    await expect(writeDockerArchive(join(root, 'o'), { index: all, tags: ['a:b'] })).rejects.toMatchObject({
      code: 'REFERENCE_INVALID',
    })
    expect(await readdir(root)).toEqual([])
  })
})

describe('an OCI layout', () => {
  test('holds the index and every blob under its digest', async () => {
    const directory = join(root, 'oci')
    await writeOciLayout(directory, all)
    expect(await readFile(join(directory, 'oci-layout'), 'utf8')).toBe('{\n    "imageLayoutVersion": "1.0.0"\n}')
    expect(await readFile(join(directory, 'index.json'))).toEqual(Buffer.from(all.document.bytes))
    const digests = all.images.flatMap(({ config, manifest, layers }) =>
      [config, manifest, ...layers].map(({ digest }) => digestHex(digest)),
    )
    expect((await readdir(join(directory, 'blobs/sha256'))).sort()).toEqual([...new Set(digests)].sort())
  })

  test('keeps other content and existing blobs, heals a cut one', async () => {
    const blobs = join(root, 'blobs/sha256')
    await mkdir(blobs, { recursive: true })
    await writeFile(join(root, 'other'), 'x')
    await writeFile(join(blobs, digestHex(shared.digest)), 'shared'.toUpperCase())
    await writeFile(join(blobs, digestHex(amd64.config.digest)), '{"cut')
    await writeOciLayout(root, all)
    expect(await readFile(join(root, 'other'), 'utf8')).toBe('x')
    expect(await readFile(join(blobs, digestHex(shared.digest)), 'utf8')).toBe('SHARED')
    expect(await readFile(join(blobs, digestHex(amd64.config.digest)))).toEqual(Buffer.from(amd64.config.bytes))
  })

  test('a file in its place is an error', async () => {
    await writeFile(join(root, 'file'), '')
    await expect(writeOciLayout(join(root, 'file'), all)).rejects.toMatchObject({ code: 'OUTPUT_UNUSABLE' })
  })
})

describe('a base image', () => {
  test('is the one of the layout whose config has the architecture', async () => {
    await writeOciLayout(root, all)
    const base = await readBaseImage(root, { os: 'linux', architecture: 'amd64' })
    expect(base.config.architecture).toBe('amd64')
    expect(base.layers.map(({ digest, diffId, mediaType }) => ({ digest, diffId, mediaType }))).toEqual(
      amd64.layers.map(({ digest, diffId }) => ({ digest, diffId, mediaType: MEDIA_TYPE.layer })),
    )
    expect(base.annotations).toEqual({ 'org.opencontainers.image.created': '1970-01-01T00:00:00Z' })
  })

  test('may be behind a nested index', async () => {
    await writeOciLayout(root, all)
    const { bytes, ...pointer } = all.document
    await writeFile(join(root, 'blobs/sha256', digestHex(pointer.digest)), bytes)
    await writeFile(join(root, 'index.json'), JSON.stringify({ manifests: [pointer] }))
    expect((await readBaseImage(root, { os: 'linux', architecture: 'arm' })).config.variant).toBe('v6')
  })

  test.each([
    ['another architecture', 's390x', undefined, undefined, 'LAYOUT_INVALID'],
    ['no index', 'amd64', 'index.json', undefined, 'LAYOUT_INVALID'],
    ['an index that is no JSON', 'amd64', 'index.json', '{', 'LAYOUT_INVALID'],
    ['an index that is a list', 'amd64', 'index.json', '[]', 'LAYOUT_INVALID'],
    [
      'a path as digest',
      'amd64',
      'index.json',
      '{"manifests":[{"size":1,"digest":"sha256:../../x"}]}',
      'LAYOUT_INVALID',
    ],
    ['a changed config', 'amd64', `blobs/sha256/${digestHex(amd64.config.digest)}`, '{}', 'BLOB_MISMATCH'],
    ['a missing manifest', 'amd64', `blobs/sha256/${digestHex(amd64.manifest.digest)}`, undefined, 'LAYOUT_INVALID'],
  ])('%s is refused', async (_, architecture, file, content, code) => {
    await writeOciLayout(root, all)
    if (file !== undefined) await rm(join(root, file))
    if (file !== undefined && content !== undefined) await writeFile(join(root, file), content)
    await expect(readBaseImage(root, { os: 'linux', architecture })).rejects.toMatchObject({ code })
  })
})
