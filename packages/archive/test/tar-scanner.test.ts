import { concatBytes, hex, utf8, utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveError, parseTar, type TarHeader, type TarInput, TarScanner, tarHeader, writeTar } from '../src/index.ts'

function scan(bytes: Uint8Array, chunkSize: number): { path: string; offset: number; content: string }[] {
  const found: { path: string; offset: number; parts: Uint8Array[] }[] = []
  const scanner = new TarScanner({
    member: (header, offset) => found.push({ path: header.path, offset, parts: [] }),
    content: (chunk) => found.at(-1)!.parts.push(chunk.slice()),
  })
  for (let i = 0; i < bytes.length; i += chunkSize) scanner.write(bytes.subarray(i, i + chunkSize))
  scanner.finish()
  return found.map(({ path, offset, parts }) => ({ path, offset, content: hex(concatBytes(parts)) }))
}

const members: fc.Arbitrary<TarInput[]> = fc.array(
  fc
    .record({ path: fc.stringMatching(/^[a-z/é]{0,149}[a-zé]$/), content: fc.uint8Array({ maxLength: 1500 }) })
    .map(({ path, content }) => ({ header: tarHeader({ path, type: 'file', size: content.length }), content })),
  { maxLength: 5 },
)

describe('scanning a pushed tar', () => {
  test('finds what parsing it as a whole finds, however it is cut', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 3000 }), fc.boolean(), (inputs, chunkSize, end) => {
        const bytes = writeTar(inputs, { end })
        const expected = parseTar(bytes).map(({ header, offset, content }) => ({
          path: header.path,
          offset,
          content: hex(content),
        }))
        expect(scan(bytes, chunkSize)).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  test('keeps nothing of the chunks', () => {
    const pax = new Map([['k', utf8('value')]])
    const chunk = Buffer.from(writeTar([{ header: tarHeader({ path: 'a', type: 'fifo', pax }) }]))
    const headers: TarHeader[] = []
    new TarScanner({ member: (header) => headers.push(header), content: () => {} }).write(chunk)
    chunk.fill(0xff)
    expect(utf8Decode(headers[0]!.pax.get('k')!)).toBe('value')
  })

  test('refuses a tar that ends inside an entry', () => {
    const header = tarHeader({ path: 'a', type: 'file', size: 600 })
    const bytes = writeTar([{ header, content: new Uint8Array(600) }])
    for (const length of [100, 512, 700, 1111]) {
      expect(() => scan(bytes.subarray(0, length), 64)).toThrow(ArchiveError)
    }
  })

  test('any bytes are a tar or an ArchiveError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 700 }), (bytes, chunkSize) => {
        try {
          scan(bytes, chunkSize)
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError)
        }
      }),
    )
  })
})
