import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { hex } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { goGzip, inflateMember, melangeBlockGzipSync, melangeGzip } from '../../src/index.ts'

const DATA = process.env.CONFORMANCE_DATA ?? join(import.meta.dirname, '../../../../../shared/data')
const FOLDERS = ['golden-apks/cases', 'e2e/expected']
const LIMIT = 1 << 30
const STANDARD_HEADER = '1f8b08000000000000ff'
const MELANGE_HEADER = '1f8b080000096e8800ff'
/** What comes before the trailer of a data section: a flush, and the end of the stream. */
const BLOCK_END = '0000ffff0300'
const TRAILER = 8

function archives(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)(expected|x86_64)\/.*\.(apk|tar\.gz)$/.test(path))
    .map((path) => join(folder, path))
}

function recompress(member: Uint8Array, data: Uint8Array): Uint8Array {
  const header = hex(member.subarray(0, 10))
  if (header === STANDARD_HEADER) return goGzip(data)
  expect(header).toBe(MELANGE_HEADER)
  const end = hex(member.subarray(-TRAILER - BLOCK_END.length / 2, -TRAILER))
  return end === BLOCK_END ? melangeBlockGzipSync(data) : melangeGzip(data)
}

const files = FOLDERS.flatMap((folder) => archives(join(DATA, folder)))

describe.skipIf(files.length === 0)('packages and indexes of melange (skipped: conformance data not present)', () => {
  test.each(files.map((file) => [relative(DATA, file), file]))('%s', (_, file) => {
    const bytes = readFileSync(file)
    for (let offset = 0; offset < bytes.length; ) {
      const { data, end } = inflateMember(bytes, offset, LIMIT)
      const member = bytes.subarray(offset, end)
      expect(Buffer.compare(recompress(member, data), member)).toBe(0)
      offset = end
    }
  })
})
