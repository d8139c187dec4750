import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeLayer } from '@apkts/oci'
import { describe, expect, test } from 'vitest'
import { composeRootfs, planRootfsLayers } from '../src/index.ts'
import { composeInput, DATA, type GoldenCase, goldenCases, hasData, readListing } from './support/golden.ts'

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

function baseOf({ name }: GoldenCase, arch: string): { base?: { installed: string } } {
  if (BASE_LAYERS[name] === undefined) return {}
  const path = join(DATA, 'repos/apko-testdata/base_image/metadata', arch, 'APKINDEX')
  return { base: { installed: readFileSync(path, 'utf8') } }
}
