import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { melangeBlockGzipSync, PGZIP_BLOCK } from '@apkts/archive'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPackagePieces } from '../src/index.ts'

let directory: string
const words = Array.from({ length: 999 }, (_, i) => `${(i * 7919) % 1000} `)
const data = Buffer.alloc(3 * PGZIP_BLOCK, words.join(''))
const named = (letter: string) => join(directory, `${letter.repeat(64)}.dat.tar`)

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pieces-'))
  await writeFile(`${named('a')}.gz`, melangeBlockGzipSync(data))
  await writeFile(`${named('b')}.gz`, gzipSync(data))
  await writeFile(join(directory, 'other.tar.gz'), melangeBlockGzipSync(data))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test.each<[string, () => string, number, boolean]>([
  ['the second MiB', () => named('a'), 1, true],
  ['the last MiB', () => named('a'), 2, true],
  ['what lies behind the end', () => named('a'), 9, false],
  ['a section that another program compressed', () => named('b'), 1, false],
  ['a section that is not there', () => named('c'), 1, false],
  ['a file that is no section of a package', () => join(directory, 'other.tar'), 1, false],
])('of %s', (_, path, index, found) => {
  const pieces = openPackagePieces()
  try {
    expect(pieces.find({ path: path(), offset: index * PGZIP_BLOCK }) !== undefined).toBe(found)
  } finally {
    pieces.close()
  }
})
