import { randomBytes } from 'node:crypto'
import { packageRecord, splitApk, writeIndexArchive } from '@apkts/apk'
import { sha256Hex } from '@apkts/encoding'
import { readSignatureMember, signIndex } from '@apkts/keyring'
import { expect, test } from 'vitest'
import { verifyIndexBytes } from '../../src/verify/index.ts'
import { outcomeOf } from '../../src/verify/outcome.ts'
import { everyBit, sequence, unnoticed } from './flipping.ts'
import { keysOf, makeIndex, makeKey, makePackage, verify } from './support.ts'

const key = makeKey('mine.rsa')
const keys = keysOf(key)

test('every bit of a small package is noticed, or is in the header of the signature and changes nothing', async () => {
  const bytes = makePackage({ key })
  expect(outcomeOf(await verify(bytes, keys))).toBe('ok')
  const signedFrom = splitApk(bytes, 'p').sections.control.offset
  expect(await unnoticed(bytes, signedFrom, everyBit(bytes.length), (changed) => verify(changed, keys))).toEqual([])
}, 120_000)

test('every bit of a small index', async () => {
  const bytes = signIndex(makeIndex([makePackage({ key })]), key)
  const check = (changed: Uint8Array) => verifyIndexBytes({ subject: 'i', bytes: changed, keys }).report
  expect(outcomeOf(check(bytes))).toBe('ok')
  const { end } = readSignatureMember(bytes, 'i', -1)
  expect(await unnoticed(bytes, end, everyBit(bytes.length), check)).toEqual([])
}, 120_000)

test('20,000 bits of a large index', async () => {
  const records = Array.from({ length: 300 }, (_, i) =>
    packageRecord({ name: `p${i}`, version: '1-r0', description: sha256Hex(String(i)), checksum: randomBytes(20) }),
  )
  const bytes = signIndex(writeIndexArchive(records), key)
  const check = (changed: Uint8Array) => verifyIndexBytes({ subject: 'i', bytes: changed, keys }).report
  expect(
    await unnoticed(bytes, readSignatureMember(bytes, 'i', -1).end, sequence(bytes.length, 20_000), check),
  ).toEqual([])
}, 240_000)
