import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  alpineBranch,
  discoverAlpineKeys,
  discoverJwksKeys,
  type FetchBytes,
  keyFileName,
  loadPublicKey,
} from '../src/index.ts'
import { testKey } from './helpers.ts'

const { publicPem } = testKey('a.rsa')

/** Answers from a table; anything else is a 404. */
function web(pages: Record<string, string | number>): FetchBytes {
  return async (url) => {
    const page = pages[url]
    if (typeof page === 'string') return { status: 200, bytes: utf8(page) }
    return { status: page ?? 404, bytes: utf8('<html>') }
  }
}

describe('Alpine', () => {
  const releases = JSON.stringify({
    release_branches: [
      {
        rel_branch: 'v3.21',
        keys: {
          x86_64: [
            { url: 'https://alpinelinux.org/keys/a%20b-1.rsa.pub', deprecated_since: null },
            { url: 'https://alpinelinux.org/keys/old.rsa.pub', deprecated_since: '2023-11-14' },
            { url: 'https://alpinelinux.org/keys/later.rsa.pub', deprecated_since: '2023-11-15' },
          ],
        },
      },
    ],
  })
  const pages = {
    'https://alpinelinux.org/releases.json': releases,
    'https://alpinelinux.org/keys/a@b-1.rsa.pub': publicPem,
    'https://alpinelinux.org/keys/later.rsa.pub': publicPem,
  }
  const repositories = [
    'https://dl-cdn.alpinelinux.org/alpine/v3.21/main',
    'https://dl-cdn.alpinelinux.org/alpine/v3.21/community',
  ]
  const input = { repositories, arch: 'x86_64', now: 1700000000 }

  test('keys of the branch and architecture that are not deprecated yet', async () => {
    const keys = await discoverAlpineKeys({ ...input, fetch: web(pages) })
    expect(keys).toEqual([
      { name: 'a@b-1.rsa.pub', pem: publicPem, source: 'https://alpinelinux.org/keys/a@b-1.rsa.pub' },
      {
        name: 'later.rsa.pub',
        pem: publicPem,
        source: 'https://alpinelinux.org/keys/later.rsa.pub',
        expires: Date.UTC(2023, 10, 15) / 1000,
      },
    ])
  })

  test.each([
    { what: 'another architecture', change: { arch: 'riscv64' } },
    { what: 'another branch', change: { repositories: ['https://x/alpine/v9/main'] } },
    {
      what: 'no Alpine repository',
      change: { repositories: ['https://packages.wolfi.dev/os', '@edge https://x/alpine/edge/main'] },
    },
  ])('$what gives none', async ({ change }) => {
    expect(await discoverAlpineKeys({ ...input, ...change, fetch: web(pages) })).toEqual([])
  })

  test.each([
    {
      what: 'an error status of the list',
      pages: { 'https://alpinelinux.org/releases.json': 500 },
      problem: 'HTTP status 500',
    },
    {
      what: 'a list that is no JSON',
      pages: { 'https://alpinelinux.org/releases.json': '<html>' },
      problem: 'no JSON',
    },
    {
      what: 'an error status of a key',
      pages: { ...pages, 'https://alpinelinux.org/keys/later.rsa.pub': 503 },
      problem: 'later.rsa.pub: HTTP status 503',
    },
    {
      what: 'an error page instead of a key',
      pages: { ...pages, 'https://alpinelinux.org/keys/later.rsa.pub': '<html>' },
      problem: 'no PEM file',
    },
  ])('$what is an error', async ({ pages, problem }) => {
    await expect(discoverAlpineKeys({ ...input, fetch: web(pages as Record<string, string>) })).rejects.toThrow(problem)
  })

  test.each([
    ['https://dl-cdn.alpinelinux.org/alpine/edge/testing', 'edge'],
    ['http://mirror/deep/alpine/v3.20/main', 'v3.20'],
    ['https://dl-cdn.alpinelinux.org/alpine/edge/testing/', undefined],
    ['/alpine/edge/main', undefined],
  ])('branch of %s is %s', (repository, branch) => {
    expect(alpineBranch(repository)).toBe(branch)
  })
})

describe('repository keys (JWKS)', () => {
  const jwk = { ...createPublicKey(publicPem).export({ format: 'jwk' }), kid: 'signer-1' }
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  const serve = (keys: unknown) =>
    web({
      'https://r.example/os/apk-configuration': JSON.stringify({ jwks_uri: 'https://r.example/jwks' }),
      'https://r.example/jwks': JSON.stringify({ keys }),
    })

  test('each RSA key becomes <kid>.rsa.pub', async () => {
    const [key] = await discoverJwksKeys('https://r.example/os/', serve([jwk]))
    expect(key).toMatchObject({ name: 'signer-1.rsa.pub', source: 'https://r.example/os/signer-1.rsa.pub' })
    expect(loadPublicKey(key?.pem ?? '', 'k').pem).toBe(publicPem)
  })

  test('a key says itself when it expires', async () => {
    const [key] = await discoverJwksKeys('https://r.example/os', serve([{ ...jwk, exp: 1_900_000_000 }]))
    expect(key?.expires).toBe(1_900_000_000)
  })

  test('a repository without configuration has none', async () => {
    expect(await discoverJwksKeys('https://other.example', serve([jwk]))).toEqual([])
  })

  test.each([
    { what: 'a key without kid', keys: [jwk, { ...jwk, kid: undefined }], problem: 'no kid' },
    { what: 'an EC key', keys: [{ ...ec, kid: 'ec' }], problem: 'not an RSA key' },
    { what: 'a kid that leaves its folder', keys: [{ ...jwk, kid: '../x' }], problem: 'no file name' },
    { what: 'a key without numbers', keys: [{ kty: 'RSA', kid: 'a' }], problem: 'malformed' },
  ])('$what fails the whole discovery', async ({ keys, problem }) => {
    await expect(discoverJwksKeys('https://r.example/os', serve(keys))).rejects.toThrow(problem)
  })

  test('an error status is an error', async () => {
    const fetch = web({ 'https://r.example/os/apk-configuration': 403 })
    await expect(discoverJwksKeys('https://r.example/os', fetch)).rejects.toThrow('HTTP status 403')
  })
})

test.each([
  ['https://packages.wolfi.dev/os/wolfi-signing.rsa.pub', 'wolfi-signing.rsa.pub'],
  ['https://x/a%40b.rsa.pub?y=1', 'a%40b.rsa.pub?y=1'],
  ['./keys/local.rsa.pub', 'local.rsa.pub'],
  ['plain.rsa.pub', 'plain.rsa.pub'],
])('keyring entry %s is stored as %s', (location, name) => {
  expect(keyFileName(location)).toBe(name)
})
