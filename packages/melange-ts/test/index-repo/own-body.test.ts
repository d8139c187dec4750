import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRecord, type RecordText, readIndexEntries, recordText } from '@apkts/apk'
import { gzip, tarHeader, writeTar } from '@apkts/archive'
import { sha256Hex } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OwnBodies, openOwnBodies, signIndexFile, updateIndex } from '../../src/index-repo/index.ts'
import { makeKey } from '../verify/support.ts'

const [key, other] = [makeKey('mine.rsa'), makeKey('other.rsa')]
const RECORDS = 6_000
const record = (i: number): RecordText =>
  recordText(
    packageRecord({ name: `package-${i}`, version: '1-r0', description: sha256Hex(`${i}`).repeat(3), size: i + 1 }),
  )
const records = Array.from({ length: RECORDS }, (_, i) => record(i))
const last = record(RECORDS)

let directory: string
let output: string
let bodies: OwnBodies
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'own-body-test-'))
  output = join(directory, 'APKINDEX.tar.gz')
  bodies = openOwnBodies(output, { HOME: directory })!
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const write = async (...more: RecordText[]) => updateIndex({ output, source: output, records: more, key, bodies })

/** The same index made in one go, by a run that remembers nothing. */
async function expectedBytes(all: readonly RecordText[]): Promise<Buffer> {
  const place = join(directory, 'fresh.tar.gz')
  await updateIndex({ output: place, records: all, key })
  return readFile(place)
}

describe('an index that grew has the bytes of one made in one go', () => {
  test('when it was written here', async () => {
    await write(...records)
    expect(await bodies.bodyOf(await readFile(output))).toBeDefined()
    await write(last)
    expect((await readFile(output)).equals(await expectedBytes([...records, last]))).toBe(true)
  })

  test('when a record in it was replaced', async () => {
    await write(...records)
    const changed = { ...record(4_000), description: 'new' }
    await write(changed, last)
    const all = records.map((one, i) => (i === 4_000 ? changed : one))
    expect((await readFile(output)).equals(await expectedBytes([...all, last]))).toBe(true)
  })

  test('when it was signed by somebody else since', async () => {
    await write(...records)
    await signIndexFile(output, other, { existing: 'keep' })
    expect(await bodies.bodyOf(await readFile(output))).toBeDefined()
    await write(last)
    expect((await readFile(output)).equals(await expectedBytes([...records, last]))).toBe(true)
  })

  const entriesOf = async () => readIndexEntries(await readFile(output))
  test.each([
    { by: 'sign-index --force', rewrite: async () => signIndexFile(output, key, { existing: 'drop' }) },
    { by: 'another compressor', rewrite: async () => writeFile(output, recompressed(await entriesOf())) },
  ])('when it was compressed anew by $by', async ({ rewrite }) => {
    await write(...records)
    await rewrite()
    await write(last)
    expect((await readFile(output)).equals(await expectedBytes([...records, last]))).toBe(true)
  })
})

function recompressed({ text }: { text: Uint8Array }): Uint8Array {
  const header = tarHeader({ path: 'APKINDEX', type: 'file', size: text.length })
  return gzip(writeTar([{ header, content: text }]))
}

test('without a place for the memory, and with one that cannot be written, an index is made all the same', async () => {
  expect(openOwnBodies(output, {})).toBeUndefined()
  await writeFile(join(directory, 'file'), '')
  const blocked = openOwnBodies(output, { HOME: join(directory, 'file') })!
  await updateIndex({ output, records, key, bodies: blocked })
  expect(await blocked.bodyOf(await readFile(output))).toBeUndefined()
})
