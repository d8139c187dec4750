import { sign as cryptoSign, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readIndexArchive, rootFile } from '@apkts/apk'
import { encodeTarHeader, gunzipAll, gzip, inflateMember, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  buildSignatureMember,
  indexSignatureNames,
  loadPrivateKey,
  readSignatureMember,
  signIndex,
  stripIndexSignatures,
  verifyIndex,
} from '../src/index.ts'
import { exampleIndex, goldenApks, goldenFiles, hasGoldenApks, skipNote, testKey } from './helpers.ts'

const mine = testKey('mine.rsa')
const other = testKey('mine.rsa')
const index = exampleIndex()
const signed = signIndex(index, mine.key)
const keys = new Map([['mine.rsa.pub', mine.publicPem]])

/** A signature member with entries of any name and content. */
function member(...entries: [string, Uint8Array][]): Uint8Array {
  return gzip(
    writeTar(
      entries.map(([name, bytes]) => rootFile(name, bytes, 0o644, 0)),
      { end: false },
    ),
  )
}

function rsa(hash: string, pem = mine.privatePem): Uint8Array {
  return cryptoSign(hash, index, pem)
}

describe('signature members', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)

  test.each([
    { mtime: 0, octal: '00000000000' },
    { mtime: 1700000000, octal: '14524770400' },
  ])('at time $mtime: one root-owned entry, no end marker', ({ mtime, octal }) => {
    const packed = buildSignatureMember({ keyName: 'test.rsa.pub', signature: bytes, mtime })
    const { data, end } = inflateMember(packed, 0, -1)
    expect(end).toBe(packed.length)
    expect(data).toHaveLength(1024)
    const text = Buffer.from(data).toString('latin1')
    expect(text.slice(0, 27)).toBe('.SIGN.RSA256.test.rsa.pub\0\0')
    expect(text.slice(100, 148)).toBe(`0000644\x000000000\x000000000\x0000000000400\0${octal}\0`)
    expect(text.slice(265, 302)).toBe(`root${'\0'.repeat(28)}root\0`)
  })

  test('a key name over 83 characters goes into a pax record', () => {
    const keyName = `${'k'.repeat(120)}.rsa.pub`
    const packed = buildSignatureMember({ keyName, signature: bytes, mtime: 0 })
    const { signatures, end } = readSignatureMember(packed, 'index', -1)
    expect(signatures).toMatchObject([{ algorithm: 'RSA256', keyName }])
    expect(end).toBe(packed.length)
  })

  test('several signatures share one member', () => {
    const packed = buildSignatureMember([
      { keyName: 'a.rsa.pub', signature: bytes, mtime: 0 },
      { keyName: 'b.rsa.pub', signature: bytes, mtime: 0 },
    ])
    expect(readSignatureMember(packed, 'index', -1).signatures.map(({ keyName }) => keyName)).toEqual([
      'a.rsa.pub',
      'b.rsa.pub',
    ])
  })
})

describe('verifying an index', () => {
  test('a signed index verifies, and the signed bytes are the index', () => {
    const { signedBytes, keyName, warnings } = verifyIndex(signed, keys, 'repo')
    expect(keyName).toBe('mine.rsa.pub')
    expect(warnings).toEqual([])
    expect(readIndexArchive(signedBytes).records).toMatchObject([{ name: 'demo' }])
  })

  test('a key stored without .rsa.pub is found', () => {
    expect(verifyIndex(signed, new Map([['mine', mine.publicPem]]), 'repo').keyName).toBe('mine')
  })

  test('a key stored under an escaped URL name with a query is found', () => {
    const key = testKey('a@b.rsa').key
    const pair = new Map([['a%40b.rsa.pub?x=1', key.publicPem]])
    expect(verifyIndex(signIndex(index, key), pair, 'repo').keyName).toBe('a%40b.rsa.pub?x=1')
  })

  test.each([
    { hash: 'SHA1', name: 'RSA' },
    { hash: 'SHA256', name: 'RSA256' },
  ])('$name signatures use $hash', ({ hash, name }) => {
    const file = concatBytes([member([`.SIGN.${name}.mine.rsa.pub`, rsa(hash)]), index])
    expect(verifyIndex(file, keys, 'repo').keyName).toBe('mine.rsa.pub')
  })

  test.each([
    {
      situation: 'a wrong signature before the right one',
      entries: [
        ['.SIGN.RSA256.mine.rsa.pub', new Uint8Array(128)],
        ['.SIGN.RSA256.mine.rsa.pub', rsa('SHA256')],
      ],
      warning: 'does not verify with mine.rsa.pub',
    },
    {
      situation: 'an unknown key before the right one',
      entries: [
        ['.SIGN.RSA256.unknown.rsa.pub', rsa('SHA256')],
        ['.SIGN.RSA256.mine.rsa.pub', rsa('SHA256')],
      ],
      warning: 'the key unknown.rsa.pub is not in the keyring',
    },
    {
      situation: 'an RSA512 signature before the right one',
      entries: [
        ['.SIGN.RSA512.mine.rsa.pub', rsa('SHA512')],
        ['.SIGN.RSA256.mine.rsa.pub', rsa('SHA256')],
      ],
      warning: 'RSA512 are not used',
    },
  ] as { situation: string; entries: [string, Uint8Array][]; warning: string }[])(
    '$situation is a warning',
    ({ entries, warning }) => {
      const { keyName, warnings } = verifyIndex(concatBytes([member(...entries), index]), keys, 'repo')
      expect(keyName).toBe('mine.rsa.pub')
      expect(warnings).toEqual([expect.stringContaining(warning)])
    },
  )

  test.each([
    { situation: 'no keys', keys: new Map<string, string>(), file: signed, code: 'NO_KEYS' },
    { situation: 'a key name with a slash', keys: new Map([['a/b', '']]), file: signed, code: 'KEY_NAME' },
    {
      situation: 'another key name',
      keys: new Map([['x.rsa.pub', mine.publicPem]]),
      file: signed,
      code: 'SIGNATURE_UNKNOWN_KEY',
    },
    {
      situation: 'another key of the same name',
      keys: new Map([['mine.rsa.pub', other.publicPem]]),
      file: signed,
      code: 'SIGNATURE_BAD',
    },
    { situation: 'an unsigned index', keys, file: index, code: 'UNSIGNED' },
    {
      situation: 'an algorithm nobody knows',
      keys,
      file: concatBytes([member(['.SIGN.RSA1024.mine.rsa.pub', rsa('SHA256')]), index]),
      code: 'SIGNATURE_MEMBER',
    },
    {
      situation: 'a key not ending in .rsa.pub',
      keys: new Map([['mine.pub', mine.publicPem]]),
      file: concatBytes([member(['.SIGN.RSA256.mine.pub', rsa('SHA256')]), index]),
      code: 'SIGNATURE_MEMBER',
    },
    {
      situation: 'only an RSA512 signature',
      keys,
      file: concatBytes([member(['.SIGN.RSA512.mine.rsa.pub', rsa('SHA512')]), index]),
      code: 'SIGNATURE_UNKNOWN_KEY',
    },
    {
      situation: 'only a DSA signature',
      keys,
      file: concatBytes([member(['.SIGN.DSA.mine.rsa.pub', rsa('SHA1')]), index]),
      code: 'SIGNATURE_UNKNOWN_KEY',
    },
    { situation: 'a changed index', keys, file: changed(signed), code: 'SIGNATURE_BAD' },
    {
      situation: 'two signature members',
      keys,
      file: concatBytes([member(['.SIGN.RSA256.mine.rsa.pub', rsa('SHA256')]), signed]),
      code: 'SIGNATURE_BAD',
    },
    {
      situation: 'another entry beside the signature',
      keys,
      file: concatBytes([member(['.SIGN.RSA256.mine.rsa.pub', rsa('SHA256')], ['APKINDEX', utf8('')]), index]),
      code: 'SIGNATURE_MEMBER',
    },
  ])('$situation: $code', ({ keys, file, code }) => {
    expect(() => verifyIndex(file, keys, 'repo')).toThrow(expect.objectContaining({ code }))
  })

  test('a key that is not RSA fails with the reason', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
    expect(() => verifyIndex(signed, new Map([['mine.rsa.pub', ec.toString()]]), 'repo')).toThrow(
      expect.objectContaining({
        code: 'SIGNATURE_BAD',
        notes: [expect.stringContaining('mine.rsa.pub is not an RSA key but EC')],
      }),
    )
  })

  test('a damaged or missing file is an error that names it', () => {
    for (const file of [new Uint8Array(0), signed.subarray(0, 100), utf8('<html>')]) {
      expect(() => verifyIndex(file, keys, 'https://example.com/repo')).toThrow('https://example.com/repo')
    }
  })
})

function changed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[copy.length - 1]! ^= 1
  return copy
}

describe('nothing before the signed bytes changes how they are read', () => {
  const signature = writeTar([rootFile('.SIGN.RSA256.mine.rsa.pub', rsa('SHA256'), 0o644, 0)], { end: false })

  test('a pax header that would rename the first signed entry is refused', () => {
    const rename = encodeTarHeader(tarHeader({ path: 'DESCRIPTIÖN', type: 'file' })).subarray(0, 1024)
    const file = concatBytes([gzip(concatBytes([signature, rename])), index])
    expect(() => verifyIndex(file, keys, 'repo')).toThrow(expect.objectContaining({ code: 'SIGNATURE_MEMBER' }))
  })

  test('an end-of-archive marker that would hide the signed entries is refused', () => {
    const file = concatBytes([gzip(concatBytes([signature, new Uint8Array(1024)])), index])
    expect(() => verifyIndex(file, keys, 'repo')).toThrow(expect.objectContaining({ code: 'SIGNATURE_MEMBER' }))
  })
})

describe('signing again', () => {
  test('several keys sign side by side, and each of them alone verifies', () => {
    const second = testKey('second.rsa')
    const file = signIndex(index, [mine.key, second.key])
    for (const [name, pem] of [
      ['mine.rsa.pub', mine.publicPem],
      ['second.rsa.pub', second.publicPem],
    ] as const) {
      expect(verifyIndex(file, new Map([[name, pem]]), 'repo').keyName).toBe(name)
    }
  })

  test('stripping leaves the entries and no signature', () => {
    const bare = stripIndexSignatures(signed)
    expect(indexSignatureNames(signed)).toEqual(['.SIGN.RSA256.mine.rsa.pub'])
    expect(indexSignatureNames(bare)).toEqual([])
    expect(Buffer.from(gunzipAll(bare, -1))).toEqual(Buffer.from(gunzipAll(index, -1)))
    expect(verifyIndex(signIndex(bare, mine.key), keys, 'repo').keyName).toBe('mine.rsa.pub')
  })
})

describe.skipIf(!hasGoldenApks)(`indexes signed by the original${skipNote}`, () => {
  const golden = hasGoldenApks ? readFileSync(join(goldenApks, 'keys/golden.rsa.pub'), 'utf8') : ''
  const key = hasGoldenApks
    ? loadPrivateKey(readFileSync(join(goldenApks, 'keys/golden.rsa'), 'utf8'), 'golden.rsa')
    : mine.key

  test.each(goldenFiles('APKINDEX.tar.gz'))('%s verifies and is signed again the same', (file) => {
    const bytes = readFileSync(file)
    const { signedBytes } = verifyIndex(bytes, new Map([['golden.rsa.pub', golden]]), file)
    expect(Buffer.compare(signIndex(signedBytes, key), bytes)).toBe(0)
  })
})
