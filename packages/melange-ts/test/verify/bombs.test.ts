import { gzipSync } from 'node:zlib'
import { encodeTarHeader, gzip, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import { signIndex } from '@apkts/keyring'
import { describe, expect, test } from 'vitest'
import { verifyIndexBytes } from '../../src/verify/index.ts'
import { codes, entry, file, keysOf, makeKey, makePackage, verify } from './support.ts'

const key = makeKey('mine.rsa')
const keys = keysOf(key)
const MIB = 1 << 20

/** A gzip member with so many MiB of zeros, made without holding them. */
function zeros(mebibytes: number): Uint8Array {
  return gzipSync(Buffer.alloc(mebibytes * MIB), { level: 1 })
}

describe('what inflates without end stops at a limit', () => {
  test.each([
    { what: 'the data section', bytes: makePackage({ data: zeros(8) }), limits: { data: 4 * MIB } },
    { what: 'the control section', bytes: concatBytes([zeros(16), zeros(1)]), limits: {} },
    {
      what: 'the number of entries',
      bytes: makePackage({ tar: writeTar(Array.from({ length: 60 }, (_, i) => entry('directory', `d${i}`))) }),
      limits: { entries: 50 },
    },
  ])('$what', async ({ bytes, limits }) => {
    expect(codes(await verify(bytes, keys, { limits }))).toEqual(['PACKAGE_TOO_LARGE'])
  })

  test('a pax header of more than 1 MiB', async () => {
    const pax = new Map([['comment', utf8('x'.repeat(MIB + 1))]])
    const tar = encodeTarHeader(tarHeader({ path: 'f', type: 'file', pax }))
    expect(codes(await verify(makePackage({ tar }), keys))).toEqual(['PACKAGE_TOO_LARGE'])
  })

  test('an index', () => {
    const bytes = signIndex(zeros(8), key)
    const { report } = verifyIndexBytes({ subject: 'i', bytes, keys, limits: { index: 4 * MIB } })
    expect(codes(report)).toEqual(['PACKAGE_TOO_LARGE'])
  })

  test('thousands of empty gzip members are one data section', async () => {
    const empty = gzip(new Uint8Array(0))
    const data = concatBytes([...Array.from({ length: 5_000 }, () => empty), gzip(writeTar([file('f', 'x')]))])
    expect(codes(await verify(makePackage({ data, key }), keys))).toEqual([])
  })
})
