import { randomBytes } from 'node:crypto'
import { splitApk } from '@apkts/apk'
import { writeTar } from '@apkts/archive'
import { hex } from '@apkts/encoding'
import { expect, test } from 'vitest'
import { sequence, unnoticed } from './flipping.ts'
import { file, keysOf, makeKey, makePackage, verify } from './support.ts'

const key = makeKey('mine.rsa')
const keys = keysOf(key)

test('20,000 bits of a large package', async () => {
  const entries = Array.from({ length: 20 }, (_, i) => file(`f${i}`, hex(randomBytes(2_000))))
  const bytes = makePackage({ tar: writeTar(entries), key })
  const signedFrom = splitApk(bytes, 'p').sections.control.offset
  expect(
    await unnoticed(bytes, signedFrom, sequence(bytes.length, 20_000), (changed) => verify(changed, keys)),
  ).toEqual([])
}, 240_000)
