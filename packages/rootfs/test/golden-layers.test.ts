import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tarSegments, writeLayer } from '@apkts/oci'
import { describe, expect, test } from 'vitest'
import { composeRootfs, cpioArchive, planRootfsLayers, walkTree } from '../src/index.ts'
import { composeInput, cpioInput, DATA, type GoldenCase, goldenCases, hasData, readListing } from './support/golden.ts'

const cases = goldenCases()
const images = cases.flatMap((golden) => (golden.images ?? []).map((image) => ({ golden, image, name: golden.name })))
const BASE_LAYERS: Readonly<Record<string, number>> = { '37-base-image': 1 }

describe.skipIf(!hasData)('layers equal the recorded ones (skipped: conformance data not present)', () => {
  test.each(images)('$name $image.arch', async ({ golden, image }) => {
    const { arch, diffIds } = image
    const skipped = BASE_LAYERS[golden.name] ?? 0
    const top = readListing(golden.name, arch, `layer-${diffIds.length - 1}.jsonl`)
    const input = { ...composeInput(golden, arch, top), ...baseOf(golden, arch) }
    const rootfs = await composeRootfs(input)
    const found = []
    for (const plan of planRootfsLayers(rootfs)) found.push((await writeLayer(plan.entries, () => {})).diffId)
    expect(found).toEqual(diffIds.slice(skipped))
  })
})

describe.skipIf(!hasData)('archives equal the recorded ones (skipped: conformance data not present)', () => {
  const recorded = (name: string) => cases.find((golden) => golden.name === name)!

  test('minirootfs', async () => {
    const golden = recorded('42-minirootfs')
    const input = composeInput(golden, 'x86_64', readListing(golden.name, 'rootfs.jsonl'))
    expect(await sha256Of(tarSegments(walkTree(await composeRootfs(input))))).toBe(golden.outputSha256)
  })

  test('cpio', async () => {
    const { tree } = await composeRootfs(cpioInput())
    expect(await sha256Of(cpioArchive(tree))).toBe(recorded('43-cpio').outputSha256)
  })
})

async function sha256Of(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

function baseOf({ name }: GoldenCase, arch: string): { base?: { installed: string } } {
  if (BASE_LAYERS[name] === undefined) return {}
  const path = join(DATA, 'repos/apko-testdata/base_image/metadata', arch, 'APKINDEX')
  return { base: { installed: readFileSync(path, 'utf8') } }
}
