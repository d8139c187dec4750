import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseChallenge } from '../src/distribution/challenge.ts'
import { isLocal } from '../src/distribution/ping.ts'
import { findCredentials, storeCredentials } from '../src/index.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'credentials-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') })
const place = { registry: 'reg.example', repository: 'team/app' }

async function writeConfig(config: object, path = '.docker/config.json'): Promise<void> {
  await mkdir(join(home, path, '..'), { recursive: true })
  await writeFile(join(home, path), JSON.stringify(config))
}

describe('credentials', () => {
  test.each([
    [{ auths: { 'reg.example': auth('u:p:q') } }, { username: 'u', password: 'p:q' }],
    [{ auths: { 'https://reg.example': auth('u:p') } }, { username: 'u', password: 'p' }],
    [{ auths: { 'reg.example': { username: 'u', password: 'p' } } }, { username: 'u', password: 'p' }],
    [{ auths: { 'reg.example': auth('a:b'), 'reg.example/team/app': auth('u:p') } }, { username: 'u', password: 'p' }],
    [{ auths: { 'reg.example': { identitytoken: 't' } } }, { username: '', password: '', identityToken: 't' }],
    [{ auths: { 'reg.example': { registrytoken: 't' } } }, { username: '', password: '', registryToken: 't' }],
    [{ auths: { 'https://reg.example/v2/': auth('u:p') } }, { username: 'u', password: 'p' }],
    [{ auths: { 'http://reg.example/v1/': auth('u:p') } }, { username: 'u', password: 'p' }],
    [{ auths: { 'reg.example': auth('a:b'), 'reg.example/team': auth('u:p') } }, { username: 'u', password: 'p' }],
    [{ auths: { 'reg.example/tea': auth('u:p'), 'https://other.example/reg.example': auth('u:p') } }, undefined],
    [{ auths: { 'other.example': auth('u:p') } }, undefined],
    [{}, undefined],
  ])('are read from %j', async (config, expected) => {
    await writeConfig(config)
    const found = await findCredentials(place, { HOME: home })
    expect(found).toEqual(expected === undefined ? undefined : expect.objectContaining(expected))
  })

  test('of Docker Hub are under its old address', async () => {
    await writeConfig({ auths: { 'https://index.docker.io/v1/': auth('u:p') } })
    const hub = { registry: 'index.docker.io', repository: 'library/x' }
    expect(await findCredentials(hub, { HOME: home })).toMatchObject({ username: 'u' })
  })

  test('are looked for where podman keeps them when docker keeps none', async () => {
    await writeConfig({ auths: { 'reg.example': auth('u:p') } }, 'run/containers/auth.json')
    expect(await findCredentials(place, { HOME: home, XDG_RUNTIME_DIR: join(home, 'run') })).toMatchObject({
      username: 'u',
    })
  })

  test('come from a helper program', async () => {
    await mkdir(join(home, 'bin'))
    const helper = join(home, 'bin/docker-credential-mine')
    await writeFile(helper, '#!/bin/sh\nread server\necho "{\\"Username\\":\\"u\\",\\"Secret\\":\\"for $server\\"}"\n')
    await chmod(helper, 0o755)
    await writeConfig({ credHelpers: { 'reg.example': 'mine' } })
    const path = process.env.PATH
    process.env.PATH = `${join(home, 'bin')}:${path}`
    try {
      expect(await findCredentials(place, { HOME: home })).toEqual({
        username: 'u',
        password: 'for reg.example',
        source: 'docker-credential-mine',
      })
    } finally {
      process.env.PATH = path
    }
  })

  test('that a missing helper should give are an error naming it', async () => {
    await writeConfig({ credsStore: 'no-such-helper' })
    await expect(findCredentials(place, { HOME: home })).rejects.toThrow(/docker-credential-no-such-helper/)
  })

  test('for GitHub’s registry come from the environment', async () => {
    const github = { registry: 'ghcr.io', repository: 'a/b' }
    expect(await findCredentials(github, { HOME: home, GITHUB_TOKEN: 't' })).toEqual({
      username: 'unset',
      password: 't',
      source: 'GITHUB_TOKEN',
    })
    expect(await findCredentials(place, { HOME: home, GITHUB_TOKEN: 't' })).toBeUndefined()
  })

  test.each(['{', '[]', '{"auths":{"reg.example":{"auth":"bm9jb2xvbg=="}}}'])(
    'cannot be read from %s',
    async (text) => {
      await mkdir(join(home, '.docker'))
      await writeFile(join(home, '.docker/config.json'), text)
      await expect(findCredentials(place, { HOME: home })).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' })
    },
  )

  test.each([
    ['a configuration', '{"auths":{"reg.example":{"password":"hunter2" oops', '#!/bin/sh\n'],
    ['a helper’s answer', '{"credHelpers":{"reg.example":"leaky"}}', '#!/bin/sh\necho \'{"Secret":"hunter2" oops\'\n'],
  ])('in %s that cannot be parsed stay out of the message', async (_, config, helper) => {
    await mkdir(join(home, '.docker'))
    await mkdir(join(home, 'bin'))
    await writeFile(join(home, '.docker/config.json'), config)
    await writeFile(join(home, 'bin/docker-credential-leaky'), helper, { mode: 0o755 })
    const path = process.env.PATH
    process.env.PATH = `${join(home, 'bin')}:${path}`
    try {
      const failure = await findCredentials(place, { HOME: home }).catch((error: Error) => error)
      expect(failure).toMatchObject({ code: 'CREDENTIALS_UNREADABLE' })
      expect(inspect(failure)).not.toContain('hunter2')
    } finally {
      process.env.PATH = path
    }
  })

  test('are stored for their owner alone, beside what is there', async () => {
    await writeConfig({ auths: { 'other.example': auth('a:b') }, psFormat: 'x' })
    const path = await storeCredentials('reg.example', { username: 'u', password: 'p' }, { HOME: home })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      auths: { 'other.example': auth('a:b'), 'reg.example': auth('u:p') },
      psFormat: 'x',
    })
    expect(await findCredentials(place, { HOME: home })).toMatchObject({ username: 'u', password: 'p' })
  })
})

describe('challenges', () => {
  test.each([
    ['Basic realm="x"', 'basic', { realm: 'x' }],
    [
      'Bearer realm="https://a/t",service="s \\"q\\"",scope=p',
      'bearer',
      { realm: 'https://a/t', service: 's "q"', scope: 'p' },
    ],
    ['bearer realm=a', 'bearer', { realm: 'a' }],
    ['Negotiate, Basic realm="y"', 'basic', { realm: 'y' }],
  ])('%s', (header, scheme, parameters) => {
    expect(parseChallenge(header)).toEqual({ scheme, parameters: new Map(Object.entries(parameters)) })
  })

  test('of any text are read or are none', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseChallenge(text)))
    expect(parseChallenge('Digest realm="x"')).toBeUndefined()
  })
})

test.each([
  ['localhost:5000', true],
  ['reg.localhost', true],
  ['nas.local:5000', true],
  ['local', false],
  ['127.0.0.1:80', true],
  ['[::1]:5000', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1:5000', true],
  ['example.com', false],
  ['10.example.com', false],
])('%s may speak plain HTTP: %s', (registry, expected) => {
  expect(isLocal(registry)).toBe(expected)
})
