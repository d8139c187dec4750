import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Deflaters } from '../src/layer/deflaters.ts'

const OPTIONS = { level: 4, memLevel: 9, chunkSize: 1 << 16 }

const RUNS: readonly { readonly what: string; readonly run: Buffer }[] = [
  { what: 'one byte', run: Buffer.from('x') },
  { what: 'words', run: Buffer.from('one two three '.repeat(5000)) },
  { what: 'noise, larger than the output buffer', run: randomBytes(200_000) },
  { what: 'words and noise', run: Buffer.concat([Buffer.from('one two '.repeat(9000)), randomBytes(70_000)]) },
]

function alone(run: Buffer): Buffer {
  return deflateRawSync(run, { ...OPTIONS, finishFlush: constants.Z_SYNC_FLUSH })
}

test.each(RUNS)('what is deflated does not depend on what was before: $what', async ({ run }) => {
  const deflaters = new Deflaters(OPTIONS)
  for (const { run: before } of RUNS) {
    await deflaters.deflate(before)
    expect(alone(run).equals(await deflaters.deflate(run))).toBe(true)
  }
})

test('runs at the same time do not meet', async () => {
  const deflaters = new Deflaters(OPTIONS)
  for (let round = 0; round < 3; round++) {
    const encoded = await Promise.all(RUNS.map(({ run }) => deflaters.deflate(run)))
    for (const [i, { run }] of RUNS.entries()) expect(alone(run).equals(encoded[i]!)).toBe(true)
  }
})
