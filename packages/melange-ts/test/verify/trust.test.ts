import { gzip, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import { signIndex, signPackage, trustText } from '@apkts/keyring'
import { describe, expect, test } from 'vitest'
import { verifyIndexBytes } from '../../src/verify/index.ts'
import { outcomeOf } from '../../src/verify/outcome.ts'
import { codes, keysOf, makeIndex, makeKey, makePackage, recordOf, verify } from './support.ts'

const mine = makeKey('mine.rsa')
const other = makeKey('other.rsa')
const impostor = makeKey('mine.rsa')
const signed = makePackage({ key: mine })
const index = makeIndex([signed])

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at < 0 ? bytes.length + at : at]! ^= 1
  return copy
}

describe('what the signature of a package is worth', () => {
  test.each([
    { what: 'a known key', bytes: signed, keys: keysOf(mine), trust: 'trusted by mine.rsa.pub', outcome: 'ok' },
    {
      what: 'an unknown key',
      bytes: signed,
      keys: keysOf(other),
      trust: 'unknown key mine.rsa.pub',
      outcome: 'refused',
    },
    { what: 'no keys', bytes: signed, keys: keysOf(), trust: 'unknown key mine.rsa.pub', outcome: 'refused' },
    {
      what: 'another pair of the same name',
      bytes: signed,
      keys: keysOf(impostor),
      trust: 'bad signature by mine.rsa.pub',
      outcome: 'refused',
    },
    { what: 'no signature', bytes: makePackage(), keys: keysOf(mine), trust: 'unsigned', outcome: 'refused' },
    {
      what: 'two keys, one of them known',
      bytes: signPackage(signed, [other, mine]),
      keys: keysOf(mine),
      trust: 'trusted by mine.rsa.pub',
      outcome: 'ok',
    },
    {
      what: 'two keys, one of them wrong',
      bytes: signPackage(signed, [other, impostor]),
      keys: keysOf(other, mine),
      trust: 'bad signature by mine.rsa.pub',
      outcome: 'refused',
    },
  ])('$what: $trust', async ({ bytes, keys, trust, outcome }) => {
    const report = await verify(bytes, keys)
    expect(report.trust && trustText(report.trust)).toBe(trust)
    expect(outcomeOf(report)).toBe(outcome)
  })

  test('a trusted index vouches for an unsigned package, but not for a wrong signature', async () => {
    const unsigned = makePackage()
    expect(outcomeOf(await verify(unsigned, keysOf(mine), { record: recordOf(unsigned) }))).toBe('ok')
    const forged = makePackage({ key: impostor })
    expect(outcomeOf(await verify(forged, keysOf(mine), { record: recordOf(forged) }))).toBe('refused')
  })
})

describe('the chain from the index to the data', () => {
  const record = recordOf(signed)

  test.each([
    {
      what: 'another control section',
      more: { record: { ...record, checksum: new Uint8Array(20) } },
      fault: 'CONTROL_CHECKSUM',
    },
    { what: 'another size', more: { record: { ...record, size: 1 } }, fault: 'PACKAGE_SIZE' },
    { what: 'another name', more: { record: { ...record, name: 'glibc' } }, fault: 'PACKAGE_IDENTITY' },
    { what: 'another version', more: { record: { ...record, version: '9' } }, fault: 'PACKAGE_IDENTITY' },
    { what: 'another architecture', more: { record: { ...record, arch: 'aarch64' } }, fault: 'PACKAGE_IDENTITY' },
  ])('$what than the index says: $fault', async ({ more, fault }) => {
    expect(codes(await verify(signed, keysOf(mine), more))).toEqual([fault])
  })

  test.each([
    { what: 'a changed byte of data', bytes: changed(signed, -30), fault: /PACKAGE_DAMAGED|DATA_HASH/ },
    { what: 'bytes after the data', bytes: concatBytes([signed, utf8('junk')]), fault: /PACKAGE_DAMAGED/ },
    { what: 'zeros after the data', bytes: concatBytes([signed, new Uint8Array(512)]), fault: /PACKAGE_DAMAGED/ },
    { what: 'no data section', bytes: signed.subarray(0, signed.length - 60), fault: /PACKAGE_/ },
    { what: 'a wrong datahash', bytes: makePackage({ dataHash: 'ab'.repeat(32) }), fault: /DATA_HASH/ },
    { what: 'a second data member', bytes: concatBytes([signed, gzip(writeTar([]))]), fault: /DATA_HASH/ },
    { what: 'nothing at all', bytes: new Uint8Array(0), fault: /PACKAGE_EMPTY/ },
    { what: 'apk v3', bytes: utf8('ADB.pckg'), fault: /PACKAGE_V3/ },
  ])('$what', async ({ bytes, fault }) => {
    const { faults } = await verify(bytes, keysOf(mine))
    expect(faults.map(({ code }) => code).join()).toMatch(fault)
  })
})

describe('what the signature of an index is worth', () => {
  const signedIndex = signIndex(index, mine)
  const judge = (bytes: Uint8Array, keys = keysOf(mine)) => verifyIndexBytes({ subject: 'i', bytes, keys }).report

  test.each([
    { what: 'a known key', bytes: signedIndex, keys: keysOf(mine), trust: 'trusted by mine.rsa.pub' },
    { what: 'an unknown key', bytes: signedIndex, keys: keysOf(other), trust: 'unknown key mine.rsa.pub' },
    {
      what: 'a changed record',
      bytes: changed(signedIndex, -20),
      keys: keysOf(mine),
      trust: 'bad signature by mine.rsa.pub',
    },
    { what: 'no signature', bytes: index, keys: keysOf(mine), trust: 'unsigned' },
  ])('$what: $trust', ({ bytes, keys, trust }) => {
    const report = judge(bytes, keys)
    // A change in the compressed records may also make them unreadable, which is a fault of its own.
    if (report.trust !== undefined) expect(trustText(report.trust)).toBe(trust)
    else expect(report.faults).not.toEqual([])
    expect(outcomeOf(report)).toBe(trust.startsWith('trusted') ? 'ok' : 'refused')
  })

  test('headers in front of the signed bytes do not change how these are read', () => {
    const { signature } = { signature: mine.sign(index) }
    const sign = {
      header: tarHeader({ path: '.SIGN.RSA256.mine.rsa.pub', type: 'file', size: signature.length }),
      content: signature,
    }
    const head = writeTar([sign], { end: false })
    const renamed = writeTar(
      [{ header: tarHeader({ path: 'DESCRIPTIÖN', type: 'file' }), content: new Uint8Array(0) }],
      { end: false },
    )
    for (const tail of [renamed.subarray(0, 1024), new Uint8Array(1024), renamed]) {
      const report = judge(concatBytes([gzip(concatBytes([head, tail])), index]))
      expect(outcomeOf(report)).toBe('refused')
      expect(codes(report)).toEqual(['SIGNATURE_MEMBER'])
    }
  })
})
