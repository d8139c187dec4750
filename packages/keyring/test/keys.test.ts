import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  generateKeyPairSync,
} from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hex, sha256Hex, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  generateKeyPair,
  KeyringError,
  keyIdV3,
  loadPrivateKey,
  loadPublicKey,
  readPrivateKeyFile,
  readPublicKeyFile,
  writeKeyPair,
} from '../src/index.ts'
import { testKey } from './helpers.ts'

const rsa = testKey('test.rsa')
const privateKey = createPrivateKey(rsa.privatePem)
const publicKey = createPublicKey(rsa.publicPem)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const message = utf8('message')

describe('private keys', () => {
  test.each([
    { form: 'PKCS#1', pem: rsa.privatePem },
    { form: 'PKCS#8', pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    { form: 'PKCS#1 with text around it', pem: `comment\n${rsa.privatePem}more\n` },
    { form: 'PKCS#1 under a wrong label', pem: rsa.privatePem.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY') },
    { form: 'CRLF line ends', pem: rsa.privatePem.replaceAll('\n', '\r\n') },
  ])('$form is loaded', ({ pem }) => {
    const key = loadPrivateKey(pem, '/some/where/melange.rsa')
    expect(key.name).toBe('melange.rsa.pub')
    expect(key.publicPem).toBe(rsa.publicPem)
    expect(cryptoVerify('sha256', message, publicKey, key.sign(message))).toBe(true)
  })

  test.each(['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc'])(
    'an old-style encrypted key (%s) needs its passphrase',
    (cipher) => {
      const pem = privateKey.export({ type: 'pkcs1', format: 'pem', cipher, passphrase: 'secret' }).toString()
      expect(pem).toContain('Proc-Type: 4,ENCRYPTED')
      const key = loadPrivateKey(pem, 'k.rsa', { passphrase: 'secret' })
      expect(hex(key.sign(message))).toBe(hex(rsa.key.sign(message)))
      expect(() => loadPrivateKey(pem, 'k.rsa')).toThrow('encrypted but no passphrase')
      for (const passphrase of ['wrong', '', 'Secret']) {
        expect(() => loadPrivateKey(pem, 'k.rsa', { passphrase })).toThrow(
          expect.objectContaining({ code: 'KEY_PASSPHRASE' }),
        )
      }
    },
  )

  test('an encrypted PKCS#8 key needs its passphrase', () => {
    const pem = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString()
    const key = loadPrivateKey(pem, 'k.rsa', { passphrase: 'secret' })
    expect(hex(key.sign(message))).toBe(hex(rsa.key.sign(message)))
    for (const options of [{}, { passphrase: 'wrong' }]) {
      expect(() => loadPrivateKey(pem, 'k.rsa', options)).toThrow(expect.objectContaining({ code: 'KEY_PASSPHRASE' }))
    }
  })

  test.each([
    { what: 'an EC key', pem: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }), code: 'KEY_NOT_RSA' },
    { what: 'a SEC1 key', pem: ec.privateKey.export({ type: 'sec1', format: 'pem' }), code: 'KEY_NOT_RSA' },
    { what: 'a public key', pem: rsa.publicPem, code: 'KEY_MALFORMED' },
    { what: 'no PEM', pem: 'hello', code: 'KEY_MALFORMED' },
    { what: 'a PEM of nonsense', pem: '-----BEGIN X-----\nAAAA\n-----END X-----\n', code: 'KEY_MALFORMED' },
  ])('$what is refused', ({ pem, code }) => {
    expect(() => loadPrivateKey(pem.toString(), 'k.rsa')).toThrow(expect.objectContaining({ code }))
  })

  test.each([512, 1024, 2040])('a key of %s bits is refused unless asked for', (bits) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    expect(() => loadPrivateKey(pem, 'small.rsa')).toThrow(expect.objectContaining({ code: 'KEY_TOO_SMALL' }))
    expect(loadPrivateKey(pem, 'small.rsa', { minimumBits: 512 }).name).toBe('small.rsa.pub')
  })
})

describe('public keys', () => {
  test('the first block counts, re-encoded, with fingerprint and size', () => {
    const key = loadPublicKey(
      `text\n${rsa.publicPem}${ec.publicKey.export({ type: 'spki', format: 'pem' })}`,
      'a.rsa.pub',
    )
    expect(key.pem).toBe(rsa.publicPem)
    expect(key.bits).toBe(2048)
    expect(key.fingerprint).toBe(sha256Hex(publicKey.export({ type: 'spki', format: 'der' })))
    expect(keyIdV3(key)).toMatch(/^[0-9a-f]{32}$/)
  })

  test.each([
    {
      what: 'a PKCS#1 public key',
      pem: publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      message: 'found a PKCS#1 public key',
    },
    { what: 'a private key', pem: rsa.privatePem, message: 'found a private key' },
    {
      what: 'an EC key',
      pem: ec.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      message: 'not an RSA key but EC',
    },
    {
      what: 'an Ed25519 key',
      pem: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      message: 'not an RSA key but Ed25519',
    },
    { what: 'nothing', pem: '', message: 'no PEM block' },
  ])('$what is refused with the reason', ({ pem, message }) => {
    expect(() => loadPublicKey(pem, 'a.rsa.pub')).toThrow(message)
  })

  test('any text gives a key or a KeyringError', () => {
    const noise = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => pemOf(bytes)),
      fc.tuple(fc.nat(), fc.nat(255)).map(([place, value]) => damaged(place, value)),
    )
    fc.assert(
      fc.property(noise, (text) => {
        for (const load of [loadPublicKey, loadPrivateKey]) {
          try {
            load(text, 'k')
          } catch (error) {
            expect(error).toBeInstanceOf(KeyringError)
          }
        }
      }),
    )
  })
})

function pemOf(bytes: Uint8Array): string {
  return `-----BEGIN KEY-----\n${Buffer.from(bytes).toString('base64')}\n-----END KEY-----\n`
}

function damaged(place: number, value: number): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  der[place % der.length] = value
  return pemOf(der)
}

describe('key files', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('a generated pair can sign and verify; the private key is readable by its owner only', async () => {
    const path = join(folder, 'new.rsa')
    await writeKeyPair(path, await generateKeyPair({ bits: 2048 }))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const [priv, pub] = await Promise.all([readPrivateKeyFile(path), readPublicKeyFile(`${path}.pub`)])
    expect(priv.name).toBe('new.rsa.pub')
    expect(pub).toMatchObject({ name: 'new.rsa.pub', bits: 2048 })
    expect(cryptoVerify('sha256', message, pub.pem, priv.sign(message))).toBe(true)
    expect(await readFile(path, 'utf8')).toMatch(
      /^-----BEGIN RSA PRIVATE KEY-----\n[\s\S]*\n-----END RSA PRIVATE KEY-----\n$/,
    )
  })

  test('existing files are kept unless forced', async () => {
    const path = join(folder, 'kept.rsa')
    await writeFile(`${path}.pub`, 'precious')
    const pair = { privatePem: 'a', publicPem: 'b' }
    await expect(writeKeyPair(path, pair)).rejects.toMatchObject({ code: 'KEY_EXISTS' })
    expect(await readFile(`${path}.pub`, 'utf8')).toBe('precious')
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
    await writeKeyPair(path, pair, { force: true })
    expect(await readFile(`${path}.pub`, 'utf8')).toBe('b')
  })

  test('a key without a directory to lie in is not written', async () => {
    await expect(writeKeyPair(join(folder, 'no/k.rsa'), { privatePem: 'a', publicPem: 'b' })).rejects.toMatchObject({
      code: 'KEY_UNWRITABLE',
      message: expect.stringContaining('no/k.rsa: its directory does not exist'),
    })
  })

  test('a missing key file is named', async () => {
    await expect(readPrivateKeyFile(join(folder, 'absent.rsa'))).rejects.toMatchObject({
      code: 'KEY_UNREADABLE',
      message: expect.stringContaining('absent.rsa: no such file'),
    })
  })

  test.each([0, 1024, 2047, 2048.5])('a new key of %s bits is refused', async (bits) => {
    await expect(generateKeyPair({ bits })).rejects.toMatchObject({ code: 'KEY_TOO_SMALL' })
  })
})

test('signatures are RSASSA-PKCS1-v1_5 with SHA-256 and deterministic', () => {
  const expected = cryptoSign('RSA-SHA256', message, rsa.privatePem)
  expect(hex(rsa.key.sign(message))).toBe(hex(expected))
})
