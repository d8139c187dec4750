import { ApkError } from '@apkts/apk'
import { ArchiveError, gzip, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  buildSignatureMember,
  discoverAlpineKeys,
  discoverJwksKeys,
  KeyringError,
  readSignatureMember,
  signPackage,
  verifyIndex,
  verifyPackage,
} from '../src/index.ts'
import { examplePackage, testKey } from './helpers.ts'

const mine = testKey('mine.rsa')
const keys = new Map([['mine.rsa.pub', mine.publicPem]])

/** Runs it and lets only our own errors pass. */
function orOurError(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    const ours = error instanceof KeyringError || error instanceof ApkError || error instanceof ArchiveError
    if (!ours) throw error
  }
}

describe('signature members', () => {
  test('what is built is read back, whatever the names and signatures', () => {
    const signature = fc.record({
      keyName: fc.stringMatching(/^[ -.0-~é]{1,120}$/).filter((name) => !name.endsWith(' ')),
      signature: fc.uint8Array({ minLength: 1, maxLength: 600 }),
      mtime: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(signature, { minLength: 1, maxLength: 3 }), fc.uint8Array(), (inputs, behind) => {
        const member = buildSignatureMember(inputs)
        const { signatures, end } = readSignatureMember(concatBytes([member, behind]), 'f', -1)
        expect(end).toBe(member.length)
        expect(signatures.map(({ keyName, signature: bytes }) => ({ keyName, signature: [...bytes] }))).toEqual(
          inputs.map(({ keyName, signature: bytes }) => ({ keyName, signature: [...bytes] })),
        )
      }),
    )
  })

  test('any entries in front of any bytes are signatures or one of our errors', () => {
    const entry = fc.record({
      path: fc.oneof(fc.stringMatching(/^\.SIGN\.[A-Z0-9.]{0,8}\.?[a-z.]{0,12}$/), fc.constant('.PKGINFO')),
      content: fc.uint8Array({ maxLength: 40 }),
      type: fc.constantFrom('file', 'symlink', 'directory' as const),
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), fc.boolean(), fc.uint8Array(), (entries, end, behind) => {
        const inputs = entries.map(({ path, type, content }) => {
          const bytes = type === 'file' ? content : new Uint8Array(0)
          return { header: tarHeader({ path, type, size: bytes.length }), content: bytes }
        })
        const file = concatBytes([gzip(writeTar(inputs, { end })), behind])
        orOurError(() => readSignatureMember(file, 'f', 1 << 20))
        orOurError(() => verifyIndex(file, keys, 'f'))
        orOurError(() => verifyPackage(file, keys, 'f'))
      }),
      { numRuns: 300 },
    )
  })

  test('any bytes are one of our errors', () => {
    const signed = signPackage(examplePackage(), mine.key)
    const cut = fc.tuple(fc.nat(signed.length), fc.uint8Array({ maxLength: 30 })).map(([length, noise]) => {
      return concatBytes([signed.subarray(0, length), noise])
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), cut), (bytes) => {
        orOurError(() => verifyIndex(bytes, keys, 'f'))
        orOurError(() => verifyPackage(bytes, keys, 'f'))
      }),
      { numRuns: 300 },
    )
  })
})

describe('answers from the network', () => {
  const word = fc.constantFrom('release_branches', 'rel_branch', 'keys', 'x86_64', 'url', 'kid', 'kty', 'RSA', 'n', 'e')
  const odd = fc.letrec((tie) => ({
    value: fc.oneof(word, fc.constantFrom('v3.21', 'https://x/k', 1, null, true), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 2 }),
    object: fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  })).value

  test('any document gives keys or a KeyringError', async () => {
    const page = fc.oneof(
      odd.map((value) => JSON.stringify(value)),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(page, page, async (first, second) => {
        const fetch = async (url: string) => {
          const configuration = JSON.stringify({ jwks_uri: 'https://x/jwks' })
          const text = url.endsWith('apk-configuration') ? configuration : url.includes('releases') ? first : second
          return { status: 200, bytes: utf8(text) }
        }
        const repositories = ['https://x/alpine/v3.21/main']
        const outcomes = await Promise.allSettled([
          discoverAlpineKeys({ repositories, arch: 'x86_64', fetch, now: 0 }),
          discoverJwksKeys('https://x', fetch),
        ])
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(KeyringError)
        }
      }),
      { numRuns: 300 },
    )
  })
})
