import { sign as cryptoSign, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootFile, splitApk } from '@apkts/apk'
import { gzip, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { loadPrivateKey, signPackage, verifyPackage } from '../src/index.ts'
import {
  examplePackage,
  goldenApks,
  goldenFiles,
  hasGoldenApks,
  type PackageParts,
  skipNote,
  testKey,
} from './helpers.ts'

const mine = testKey('mine.rsa')
const other = testKey('other.rsa')
const keys = new Map([['mine.rsa.pub', mine.publicPem]])
const unsigned = examplePackage()
const signed = signPackage(unsigned, mine.key)
const control = splitApk(unsigned, 'p').control

function signatureMember(...entries: [string, Uint8Array][]): Uint8Array {
  return gzip(
    writeTar(
      entries.map(([name, bytes]) => rootFile(name, bytes, 0o644, 0)),
      { end: false },
    ),
  )
}

function withSignatures(...entries: [string, Uint8Array][]): Uint8Array {
  return concatBytes([signatureMember(...entries), unsigned])
}

describe('signing', () => {
  test('keeps control and data, and signing again gives the same file', () => {
    expect(Buffer.from(signed.subarray(signed.length - unsigned.length))).toEqual(Buffer.from(unsigned))
    expect(Buffer.from(signPackage(signed, mine.key))).toEqual(Buffer.from(signed))
  })

  test('replaces the signature of another key, with the time of .PKGINFO', () => {
    const again = signPackage(signPackage(unsigned, other.key), mine.key)
    expect(Buffer.from(again)).toEqual(Buffer.from(signed))
    expect(splitApk(signed, 'p').signatureMembers).toMatchObject([
      { header: { path: '.SIGN.RSA256.mine.rsa.pub', mtime: 1700000000, size: 256 } },
    ])
  })

  test('refuses a control section that does not start with .PKGINFO', () => {
    const members = [rootFile('.a', utf8('x'), 0o644, 0), rootFile('.PKGINFO', utf8('pkgname = a\n'), 0o644, 0)]
    const file = gzip(writeTar(members, { end: false }))
    expect(() => signPackage(file, mine.key, 'p.apk')).toThrow(
      'p.apk: expected .PKGINFO as first control entry, found .a',
    )
  })
})

describe('verifying like apk-tools', () => {
  test('a signed package is ok', () => {
    expect(verifyPackage(signed, keys)).toMatchObject({
      outcome: 'ok',
      keyName: 'mine.rsa.pub',
      pkgInfo: { name: 'demo' },
    })
  })

  const good = cryptoSign('SHA256', control, mine.privatePem)
  const wrong = new Uint8Array(128)
  test.each([
    { situation: 'no signature', file: unsigned, outcome: 'untrusted' },
    { situation: 'an unknown key', file: signPackage(unsigned, other.key), outcome: 'untrusted' },
    {
      situation: 'a wrong signature',
      file: withSignatures(['.SIGN.RSA256.mine.rsa.pub', wrong]),
      outcome: 'bad-signature',
    },
    {
      situation: 'a wrong signature before the right one',
      file: withSignatures(['.SIGN.RSA256.mine.rsa.pub', wrong], ['.SIGN.RSA256.mine.rsa.pub', good]),
      outcome: 'bad-signature',
    },
    {
      situation: 'an unknown key before the right one',
      file: withSignatures(['.SIGN.RSA256.x.rsa.pub', wrong], ['.SIGN.RSA256.mine.rsa.pub', good]),
      outcome: 'ok',
    },
    {
      situation: 'two signature members',
      file: concatBytes([signatureMember(['.SIGN.RSA256.x.rsa.pub', wrong]), signed]),
      outcome: 'ok',
    },
    {
      situation: 'an unknown algorithm',
      file: withSignatures(['.SIGN.RSA1024.mine.rsa.pub', good]),
      outcome: 'untrusted',
    },
    {
      situation: 'SHA-1',
      file: withSignatures(['.SIGN.RSA.mine.rsa.pub', cryptoSign('SHA1', control, mine.privatePem)]),
      outcome: 'ok',
    },
    {
      situation: 'SHA-512',
      file: withSignatures(['.SIGN.RSA512.mine.rsa.pub', cryptoSign('SHA512', control, mine.privatePem)]),
      outcome: 'ok',
    },
    {
      situation: 'an oversized signature entry',
      file: withSignatures(['.SIGN.RSA256.mine.rsa.pub', new Uint8Array(65_537)]),
      outcome: 'untrusted',
    },
  ])('$situation: $outcome', ({ file, outcome }) => {
    expect(verifyPackage(file, keys).outcome).toBe(outcome)
  })

  test('a key under a name without .rsa.pub is not found, unlike in apko', () => {
    expect(verifyPackage(signed, new Map([['mine', mine.publicPem]]))).toMatchObject({
      outcome: 'untrusted',
      notes: ['.SIGN.RSA256.mine.rsa.pub: no key of that name'],
    })
  })

  test('keys of other kinds are taken', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const file = withSignatures(['.SIGN.RSA256.ec.pub', cryptoSign('SHA256', control, ec.privateKey)])
    const pem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(verifyPackage(file, new Map([['ec.pub', pem]])).outcome).toBe('ok')
  })

  test.each([
    { what: 'an end marker in control', parts: { controlEnd: true }, code: 'PACKAGE_FORMAT' },
    { what: 'no datahash', parts: { dataHash: '' }, code: 'PACKAGE_FORMAT' },
    { what: 'a wrong datahash', parts: { dataHash: 'ab'.repeat(32) }, code: 'DATA_HASH' },
    {
      what: 'junk after the data',
      parts: { dataBytes: (data) => concatBytes([data, utf8('junk')]) },
      code: 'PACKAGE_FORMAT',
    },
    {
      what: 'zeros after the data',
      parts: { dataBytes: (data) => concatBytes([data, new Uint8Array(9)]) },
      code: 'PACKAGE_FORMAT',
    },
    { what: 'data in two members', parts: { dataBytes: (data) => concatBytes([data, data]) }, code: 'PACKAGE_FORMAT' },
    { what: 'no data', parts: { dataBytes: () => new Uint8Array(0) }, code: 'PACKAGE_NO_DATA' },
  ] as { what: string; parts: PackageParts; code: string }[])(
    '$what is refused whatever the signature',
    ({ parts, code }) => {
      expect(() => verifyPackage(examplePackage(parts), keys, 'p.apk')).toThrow(expect.objectContaining({ code }))
    },
  )
})

describe.skipIf(!hasGoldenApks)(`packages signed by the original${skipNote}`, () => {
  const pem = hasGoldenApks ? readFileSync(join(goldenApks, 'keys/golden.rsa.pub'), 'utf8') : ''
  const key = hasGoldenApks
    ? loadPrivateKey(readFileSync(join(goldenApks, 'keys/golden.rsa'), 'utf8'), 'golden.rsa')
    : mine.key

  test.each(goldenFiles('.apk'))('%s', (file) => {
    const bytes = readFileSync(file)
    const { signature } = splitApk(bytes, file)
    const { outcome } = verifyPackage(bytes, new Map([['golden.rsa.pub', pem]]), file)
    expect(outcome).toBe(signature === undefined ? 'untrusted' : 'ok')
    if (signature === undefined) return
    expect(Buffer.compare(signPackage(bytes, key), bytes)).toBe(0)
  })
})
