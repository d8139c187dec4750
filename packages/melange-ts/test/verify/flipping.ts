import { readSignatureMember } from '@apkts/keyring'
import { expect } from 'vitest'
import type { Report } from '../../src/verify/index.ts'
import { outcomeOf } from '../../src/verify/outcome.ts'

/** A change of a single bit. */
export interface Flip {
  readonly at: number
  readonly mask: number
}

/** A fixed sequence of numbers below a bound, so that a failure comes back. */
export function* sequence(bound: number, count: number): Generator<Flip> {
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

export function everyBit(length: number): Flip[] {
  return Array.from({ length: length * 8 }, (_, i) => ({ at: i >> 3, mask: 1 << (i & 7) }))
}

/** Flips that are looked at together: the rest of the time goes into waiting for zlib's threads. */
const AT_ONCE = 16

/** Where a flip went unnoticed although it lies in signed bytes or changes what the signatures say. */
export async function unnoticed(
  bytes: Uint8Array,
  signedFrom: number,
  flips: Iterable<Flip>,
  check: (bytes: Uint8Array) => Promise<Report> | Report,
): Promise<string[]> {
  const { signatures } = readSignatureMember(bytes, 'f', -1)
  const look = async ({ at, mask }: Flip): Promise<string[]> => {
    const changed = flip(bytes, at, mask)
    if (outcomeOf(await check(changed)) === 'refused') return []
    if (at >= signedFrom) return [`${at} ^ ${mask}`]
    expect(readSignatureMember(changed, 'f', -1).signatures).toEqual(signatures)
    return []
  }
  const found: string[] = []
  for (const some of groups(flips, AT_ONCE)) found.push(...(await Promise.all(some.map(look))).flat())
  return found
}

function* groups<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = []
  for (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  yield group
}
