import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import { tarHeader } from '@apkts/archive'
import { identifyFile } from '@apkts/cache'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPackagePieces, type PackagePieces } from '../src/index.ts'
import type { DataFile } from '../src/package/expanded.ts'

let directory: string
let opened: PackagePieces[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-pieces-'))
  opened = []
})
afterEach(async () => {
  for (const pieces of opened) await pieces.close()
  rmSync(directory, { recursive: true })
})

/** A package in the cache whose files have these sizes, one behind the other. */
function packageOf(sizes: readonly number[], compress: (data: Buffer) => Buffer = (data) => gzipSync(data)) {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const data = Buffer.from(
    Array.from({ length: total / 4 }, (_, i) => `${(i * 7919) % 9973} `.padEnd(4, '.').slice(0, 4)).join(''),
  )
  const compressed = compress(data)
  const path = join(directory, `${createHash('sha256').update(compressed).digest('hex')}.dat.tar`)
  writeFileSync(path, data)
  writeFileSync(`${path}.gz`, compressed)
  let offset = 0
  const entries = sizes.map((size, i) => {
    const content = { kind: 'file', path, offset, size } as const
    offset += size
    return { header: tarHeader({ path: `f${i}`, type: 'file', size }), content }
  })
  return { data, dataFile: { path, identity: identifyFile(path)!, record: '' }, entries }
}

type Package = Omit<ReturnType<typeof packageOf>, 'dataFile'> & { readonly dataFile: DataFile }

async function open(of: Package): Promise<PackagePieces> {
  const pieces = openPackagePieces()
  opened.push(pieces)
  pieces.prepare(of)
  await pieces.ready()
  return pieces
}

const all = ({ dataFile, data }: Package) => ({ path: dataFile.path, offset: 0, size: data.length })
const record = ({ dataFile }: Package) => dataFile.path.replace('.tar', '.pieces.json')

describe('pieces of packages in the cache', () => {
  test('are found, and lie within a file each', async () => {
    const made = packageOf([4_600_000, 4, 4_800_000])
    const pieces = await open(made)
    const [first, second] = made.entries.map(({ content }) => pieces.within(content)).filter((list) => list.length > 0)
    expect([...first!, ...second!]).toEqual(pieces.within(all(made)))
    for (const { offset, size, checksum, compressed, firstBit, endBit } of pieces.within(all(made))) {
      expect(checksum).toBe(crc32(made.data.subarray(offset, offset + size)))
      expect(Math.ceil(endBit / 8)).toBe(compressed.size)
      expect(firstBit).toBeLessThan(8)
    }
  })

  test('are looked for as soon as there are enough packages', async () => {
    const [first, second] = [packageOf([5_000_000]), packageOf([5_000_004])]
    const pieces = openPackagePieces()
    opened.push(pieces)
    pieces.prepare(first)
    await pieces.ready()
    expect(pieces.within(all(first))).toEqual([])
    pieces.prepare(second)
    await pieces.ready()
    for (const made of [first, second]) expect(pieces.within(all(made))).not.toEqual([])
  })

  test('are remembered', async () => {
    const made = packageOf([9_000_000])
    const found = (await open(made)).within(all(made))
    expect(found.length).toBeGreaterThan(0)
    const written = readFileSync(record(made), 'utf8')
    writeFileSync(record(made), written.replace('1', '2'))
    expect((await open(made)).within(all(made))).toEqual(found)
    expect(readFileSync(record(made), 'utf8')).toBe(written)
  })

  test.each<[string, () => Package]>([
    ['of small files', () => packageOf(Array(50).fill(200_000))],
    ['that are small', () => packageOf([1_000_000])],
    ['of an image with little in large files', () => packageOf([8_000_000])],
    ['that are mostly small files', () => packageOf([9_000_000, ...Array(190).fill(100_000)])],
    ['compressed in a hurry', () => packageOf([9_000_000], (data) => gzipSync(data, { level: 1 }))],
    ['that inflate to something else', () => packageOf([9_000_000], (data) => gzipSync(data.subarray(4)))],
  ])('of packages %s are not looked for', async (_, make) => {
    const made = make()
    expect((await open(made)).within(all(made))).toEqual([])
  })

  test('of a package whose compressed form is not there', async () => {
    const made = packageOf([9_000_000])
    rmSync(`${made.dataFile.path}.gz`)
    expect((await open(made)).within(all(made))).toEqual([])
    expect(existsSync(record(made))).toBe(false)
  })

  test('of a package whose compressed form is damaged', async () => {
    const made = packageOf([9_000_000])
    expect((await open(made)).within(all(made))).not.toEqual([])
    appendFileSync(`${made.dataFile.path}.gz`, 'x')
    expect((await open(made)).within(all(made))).toEqual([])
  })

  test.each([
    { name: 'is not known to be verified', identity: () => undefined, found: false },
    { name: 'was verified just now', identity: identifyFile, found: true },
    { name: 'was another file when it was verified', identity: () => identifyFile(directory), found: false },
  ])('of a package whose compressed form has another digest and $name', async ({ identity, found }) => {
    const made = packageOf([9_000_000])
    const path = `${made.dataFile.path}.gz`
    writeFileSync(path, Object.assign(gzipSync(made.data), { 9: 7 })) // made on another system
    const pieces = await open({ ...made, dataFile: { ...made.dataFile, compressed: identity(path) } })
    expect(pieces.within(all(made)).length > 0).toBe(found)
  })

  test('tell that their file changed while they were used', async () => {
    const made = packageOf([9_000_000])
    const pieces = await open(made)
    pieces.checkUnchanged()
    appendFileSync(`${made.dataFile.path}.gz`, 'x')
    expect(() => pieces.checkUnchanged()).toThrowError(expect.objectContaining({ code: 'CACHE_CHANGED' }))
  })
})
