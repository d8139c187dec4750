import { sign } from 'node:crypto'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { judgeSignatures, type KeyPolicy, type Signature, signIndex, trustText, verifyIndex } from '../src/index.ts'
import { exampleIndex, testKey } from './helpers.ts'

const signed = utf8('signed bytes')
const [mine, other, small] = [testKey('mine.rsa'), testKey('other.rsa'), testKey('small.rsa', 1024, 1024)]
const keys = new Map([
  ['mine.rsa.pub', mine.publicPem],
  ['other.rsa.pub', other.publicPem],
  ['small.rsa.pub', small.publicPem],
])

function signature(algorithm: string, hash: string, key = mine, keyName = key.key.name): Signature {
  const entry = `.SIGN.${algorithm}.${keyName}`
  return { entry, algorithm, keyName, signature: sign(hash, signed, key.privatePem) }
}

const sha1 = signature('RSA', 'sha1')
const sha256 = signature('RSA256', 'sha256')
const sha512 = signature('RSA512', 'sha512')
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000
const expires = new Map([['mine.rsa.pub', dayOf('2027-01-01')]])

describe('what signatures are worth', () => {
  test.each<{ what: string; signatures: Signature[]; policy?: KeyPolicy; trust: string; reasons?: RegExp[] }>([
    { what: 'none', signatures: [], trust: 'unsigned' },
    { what: 'SHA-256', signatures: [sha256], trust: 'trusted by mine.rsa.pub' },
    { what: 'SHA-512', signatures: [sha512], trust: 'trusted by mine.rsa.pub' },
    { what: 'SHA-1 alone', signatures: [sha1], trust: 'trusted by mine.rsa.pub', reasons: [/SHA-1/] },
    { what: 'SHA-1 beside SHA-256', signatures: [sha1, sha256], trust: 'trusted by mine.rsa.pub, mine.rsa.pub' },
    {
      what: 'SHA-1 beside SHA-256 of an unknown key',
      signatures: [sha1, signature('RSA256', 'sha256', other, 'unknown.rsa.pub')],
      trust: 'trusted by mine.rsa.pub',
      reasons: [/SHA-1/, /not among the keys/],
    },
    {
      what: 'another hash than the name says',
      signatures: [signature('RSA256', 'sha1')],
      trust: 'bad signature by mine.rsa.pub',
      reasons: [/does not verify/],
    },
    {
      what: 'another pair under a known name',
      signatures: [signature('RSA256', 'sha256', other, 'mine.rsa.pub')],
      trust: 'bad signature by mine.rsa.pub',
      reasons: [/does not verify/],
    },
    {
      what: 'two keys of a rotation',
      signatures: [sha256, signature('RSA256', 'sha256', other)],
      trust: 'trusted by mine.rsa.pub, other.rsa.pub',
    },
    {
      what: 'an unknown key',
      signatures: [signature('RSA256', 'sha256', other, 'unknown.rsa.pub')],
      trust: 'unknown key unknown.rsa.pub',
      reasons: [/not among the keys/],
    },
    {
      what: 'an unknown algorithm',
      signatures: [signature('RSA3', 'sha256')],
      trust: 'unknown key mine.rsa.pub',
      reasons: [/algorithm RSA3 is unknown/],
    },
    {
      what: 'a key of 1024 bits',
      signatures: [signature('RSA256', 'sha256', small)],
      trust: 'unusable key small.rsa.pub',
      reasons: [/has 1024 bits, at least 2048/],
    },
    {
      what: 'a key of 1024 bits, where that is enough',
      signatures: [signature('RSA256', 'sha256', small)],
      policy: { minimumBits: 1024 },
      trust: 'trusted by small.rsa.pub',
    },
    {
      what: 'an expired key',
      signatures: [sha256],
      policy: { expires, now: dayOf('2027-01-01') },
      trust: 'expired key mine.rsa.pub',
      reasons: [/expired on 2027-01-01/],
    },
    {
      what: 'a key that has not expired yet',
      signatures: [sha256],
      policy: { expires, now: dayOf('2026-12-31') },
      trust: 'trusted by mine.rsa.pub',
    },
    {
      what: 'an expired key beside its successor',
      signatures: [sha256, signature('RSA256', 'sha256', other)],
      policy: { expires, now: dayOf('2027-06-01') },
      trust: 'trusted by other.rsa.pub',
      reasons: [/expired/],
    },
  ])('$what: $trust', ({ signatures, policy, trust, reasons = [] }) => {
    const found = judgeSignatures(signatures, signed, keys, policy)
    expect(trustText(found.trust)).toBe(trust)
    const told = found.judgements.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))
    expect(told).toHaveLength(reasons.length)
    for (const [i, reason] of reasons.entries()) expect(told[i]).toMatch(reason)
  })
})

describe('the policy holds for indexes, too', () => {
  const index = signIndex(exampleIndex(), mine.key)

  test('an expired key vouches for nothing', () => {
    const policy = { expires, now: dayOf('2028-01-01') }
    expect(() => verifyIndex(index, keys, 'i', { policy })).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_BAD', notes: [expect.stringContaining('expired on 2027-01-01')] }),
    )
    expect(verifyIndex(index, keys, 'i', { policy: { expires, now: 0 } }).keyName).toBe('mine.rsa.pub')
  })

  test('neither does a small one, unless asked for', () => {
    const weak = signIndex(exampleIndex(), small.key)
    expect(() => verifyIndex(weak, keys, 'i')).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_BAD', notes: [expect.stringContaining('1024 bits')] }),
    )
    expect(verifyIndex(weak, keys, 'i', { policy: { minimumBits: 1024 } }).keyName).toBe('small.rsa.pub')
  })
})
