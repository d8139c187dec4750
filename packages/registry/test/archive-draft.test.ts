import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BlobContent, type LayerBlob, MEDIA_TYPE } from '@apkts/oci'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ArchiveDraft, draftArchive, writeDockerArchive } from '../src/index.ts'
import { blob, image, index } from './support.ts'

let root: string
let target: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'draft-'))
  target = join(root, 'out.tar')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const [a, b, c] = [blob('a'), blob('b'.repeat(512)), blob('c'.repeat(3000))] as const
const of = (layers: readonly LayerBlob[]) => index(image({ architecture: 'amd64' }, ...(layers as (typeof a)[])))
const sizeOf = (layers: readonly LayerBlob[]) => of(layers).images[0]!.config.size
const write = (layers: readonly LayerBlob[], draft?: ArchiveDraft) =>
  writeDockerArchive(target, { index: of(layers), tags: ['xy'], draft })

/** The archive of some layers, written in one go. */
async function plain(layers: readonly LayerBlob[]): Promise<Buffer> {
  const path = join(root, 'plain')
  await writeDockerArchive(path, { index: of(layers), tags: ['xy'] })
  const bytes = await readFile(path)
  await rm(path)
  return bytes
}

/** Where a blob's bytes cannot be read any more once the draft has them. */
async function movedAway(layer: LayerBlob, draft: ArchiveDraft): Promise<LayerBlob> {
  const path = join(root, 'moving')
  await writeFile(path, bytesOf(layer.content))
  const content: BlobContent = { kind: 'file', path, offset: 0, size: layer.size }
  draft.add({ ...layer, content })
  await rename(path, join(root, 'elsewhere'))
  await rm(join(root, 'elsewhere'))
  return { ...layer, content }
}

const bytesOf = (content: BlobContent) => (content.kind === 'bytes' ? content.bytes : Buffer.alloc(0))

describe('an archive with a draft', () => {
  test('takes the layers from it, whose files may be gone', async () => {
    const draft = draftArchive(target)
    draft.begin(sizeOf([a, b, c]))
    const layers: LayerBlob[] = []
    for (const layer of [a, b, c]) layers.push(await movedAway(layer, draft))
    await write(layers, draft)
    expect(await readFile(target)).toEqual(await plain([a, b, c]))
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test.each([
    ['of the same layers', [a, b, c], [a, b, c]],
    ['that lacks the last', [a, b], [a, b, c]],
    ['of one that comes twice', [a, b, a, c], [a, b, a, c]],
    ['of layers in another order', [c, a, b], [a, b, c]],
    ['of other layers', [c, c, b], [a]],
    ['of none', [], [a, b]],
    ['of more layers than there are', [a, b, c], [a]],
  ])('%s is the one without', async (_, drafted, layers) => {
    const draft = draftArchive(target)
    draft.begin(sizeOf(layers))
    for (const layer of drafted) draft.add(layer)
    await write(layers, draft)
    expect(await readFile(target)).toEqual(await plain(layers))
  })

  test.each([0, 1, 511, 100_000])('that expected a config of %d bytes is the one without', async (size) => {
    const draft = draftArchive(target)
    draft.begin(size)
    for (const layer of [a, b, c]) draft.add(layer)
    await write([a, b, c], draft)
    expect(await readFile(target)).toEqual(await plain([a, b, c]))
  })

  test.each([
    ['is absent', undefined],
    ['ends early', 'short'],
  ])('of a file that %s is the one without', async (_, text) => {
    const path = join(root, 'layer')
    if (text !== undefined) await writeFile(path, text)
    const draft = draftArchive(target)
    draft.begin(sizeOf([a, b, c]))
    draft.add(a)
    draft.add({ ...b, content: { kind: 'file', path, offset: 0, size: b.size } })
    draft.add(c)
    await rm(path, { force: true })
    await write([a, b, c], draft)
    expect(await readFile(target)).toEqual(await plain([a, b, c]))
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('replaces a large file by a large one', async () => {
    await writeFile(target, Buffer.alloc(40 << 20, 1))
    const large = blob('x'.repeat(20 << 20))
    const draft = draftArchive(target)
    draft.begin(sizeOf([large, a]))
    draft.add(large)
    draft.add(a)
    await write([large, a], draft)
    expect((await readFile(target)).equals(await plain([large, a]))).toBe(true)
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('tells of a place where it cannot be written when it is written', async () => {
    const draft = draftArchive(join(root, 'absent/out.tar'))
    draft.begin(100)
    draft.add(a)
    const writing = writeDockerArchive(join(root, 'absent/out.tar'), { index: of([a]), tags: ['xy'], draft })
    await expect(writing).rejects.toMatchObject({ code: 'ENOENT' })
    await draft.discard()
  })

  test('leaves nothing behind when it fails', async () => {
    await mkdir(target)
    const draft = draftArchive(target)
    draft.begin(sizeOf([a]))
    draft.add(a)
    await expect(write([a], draft)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('is the one without, whatever was drafted', async () => {
    const layer = fc
      .tuple(fc.nat({ max: 5 }), fc.constantFrom(MEDIA_TYPE.layer, MEDIA_TYPE.zstdLayer, MEDIA_TYPE.plainLayer))
      .map(([n, mediaType]) => ({ ...blob(String(n).repeat(n * 300)), mediaType }))
    const layers = fc.array(layer, { maxLength: 5 })
    const cases = fc.record({ layers, drafted: fc.option(layers, { nil: undefined }), off: fc.constantFrom(0, 0, 600) })
    await fc.assert(
      fc.asyncProperty(cases, async ({ layers: real, drafted = real, off }) => {
        const draft = draftArchive(target)
        draft.begin(sizeOf(real) + off)
        for (const added of drafted) draft.add(added)
        await write(real, draft)
        expect(await readFile(target)).toEqual(await plain(real))
      }),
    )
  })
})

describe('a draft that is discarded', () => {
  test.each([
    ['before it began', false, []],
    ['without layers', true, []],
    ['while layers are copied', true, [a, blob('y'.repeat(9 << 20)), c]],
  ])('%s leaves nothing behind', async (_, begun, layers) => {
    const draft = draftArchive(target)
    if (begun) draft.begin(1000)
    for (const layer of layers) draft.add(layer)
    await draft.discard()
    await draft.discard()
    expect(await readdir(root)).toEqual([])
  })

  test('leaves the archive alone that was written with it', async () => {
    const draft = draftArchive(target)
    draft.begin(sizeOf([a]))
    draft.add(a)
    await write([a], draft)
    await draft.discard()
    expect(await readdir(root)).toEqual(['out.tar'])
    expect(await readFile(target)).toEqual(await plain([a]))
  })
})
