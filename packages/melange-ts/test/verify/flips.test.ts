import { randomBytes } from 'node:crypto'
import { packageRecord, splitApk, writeIndexArchive } from '@apkts/apk'
import { writeTar } from '@apkts/archive'
import { hex, sha256Hex } from '@apkts/encoding'
import { readSignatureMember, signIndex } from '@apkts/keyring'
import { expect, test } from 'vitest'
import { type Report, verifyIndexBytes } from '../../src/verify/index.ts'
import { outcomeOf } from '../../src/verify/outcome.ts'
import { file, keysOf, makeIndex, makeKey, makePackage, verify } from './support.ts'

const key = makeKey('mine.rsa')
const keys = keysOf(key)

/** A fixed sequence of numbers below a bound, so that a failure comes back. */
function* sequence(bound: number, count: number): Generator<{ at: number; mask: number }> {
  let x = 1
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    yield { at: x % bound, mask: 1 << ((x >>> 20) & 7) }
  }
}

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at]! ^= mask
  return copy
}

function everyBit(length: number): { at: number; mask: number }[] {
  return Array.from({ length: length * 8 }, (_, i) => ({ at: i >> 3, mask: 1 << (i & 7) }))
}

/** Where a flip went unnoticed although it lies in signed bytes or changes what the signatures say. */
async function unnoticed(
  bytes: Uint8Array,
  signedFrom: number,
  flips: Iterable<{ at: number; mask: number }>,
  check: (bytes: Uint8Array) => Promise<Report> | Report,
): Promise<string[]> {
  const signatures = readSignatureMember(bytes, 'f', -1).signatures
  const found: string[] = []
  for (const { at, mask } of flips) {
    const changed = flip(bytes, at, mask)
    if (outcomeOf(await check(changed)) === 'refused') continue
    const same = () => expect(readSignatureMember(changed, 'f', -1).signatures).toEqual(signatures)
    if (at >= signedFrom) found.push(`${at} ^ ${mask}`)
    else same()
  }
  return found
}

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
  const records = Array.from({ length: 500 }, (_, i) =>
    packageRecord({ name: `p${i}`, version: '1-r0', description: sha256Hex(String(i)), checksum: randomBytes(20) }),
  )
  const bytes = signIndex(writeIndexArchive(records), key)
  const check = (changed: Uint8Array) => verifyIndexBytes({ subject: 'i', bytes: changed, keys }).report
  expect(
    await unnoticed(bytes, readSignatureMember(bytes, 'i', -1).end, sequence(bytes.length, 20_000), check),
  ).toEqual([])
}, 240_000)

test('2,000 bits of a large package', async () => {
  const entries = Array.from({ length: 40 }, (_, i) => file(`f${i}`, hex(randomBytes(2_000))))
  const bytes = makePackage({ tar: writeTar(entries), key })
  const signedFrom = splitApk(bytes, 'p').sections.control.offset
  expect(await unnoticed(bytes, signedFrom, sequence(bytes.length, 2_000), (changed) => verify(changed, keys))).toEqual(
    [],
  )
}, 240_000)
