import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { sha256Hex } from '@apkts/encoding'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { canConfine, confined } from '../src/confined.ts'
import { startInternet } from '../src/internet.ts'
import { makeKey, makeRepository } from '../src/repository.ts'

const confinable = await canConfine()
const home = await temporaryDirectory()
const at = (name: string) => join(home, name)
const noise = Array.from({ length: 20_000 }, (_, i) => sha256Hex(`${i}`)).join('')
const PACKAGES = ['alpha', 'beta', 'gamma']

let server: Server
const requests: string[] = []

beforeAll(async () => {
  const fixtures = PACKAGES.map((name) => ({ name, files: { [`usr/share/${name}`]: `${name} ${noise}` } }))
  await makeRepository(at('os'), fixtures, await makeKey('test'))
  server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const bytes = await readFile(join(home, request.url ?? '')).catch(() => undefined)
    if (bytes === undefined) response.writeHead(404).end()
    else response.setHeader('etag', `"${sha256Hex(bytes)}"`).end(request.method === 'HEAD' ? undefined : bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await writeFile(at('image.yaml'), config(`http://127.0.0.1:${(server.address() as AddressInfo).port}/os`))
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function config(repository: string): string {
  return `contents:\n  keyring: [${home}/os/test.rsa.pub]\n  repositories: [${repository}]\n  packages: [${PACKAGES.join(', ')}]\narchs: [x86_64]\n`
}

const build = (cache: string, ...more: string[]) => [
  ...['build', 'image.yaml', 'team/app:1', join(cache, '../out.tar'), '--sbom=false', '--vcs=false'],
  ...['--cache-dir', cache, ...more],
]

async function place(name: string): Promise<{ cache: string; image: () => Promise<string> }> {
  await mkdir(at(name))
  const image = async () => sha256Hex(await readFile(at(`${name}/out.tar`)))
  return { cache: at(`${name}/cache`), image }
}

/** Leaves only what was fetched: what was built from it is not taken from the cache, too. */
async function forgetImages(cache: string): Promise<void> {
  const built = (await readdir(cache)).filter((name) => name.startsWith('apko-ts-'))
  expect(built).not.toEqual([])
  for (const name of built) await rm(join(cache, name), { recursive: true })
}

const verify = (cache: string) => ours('apko-ts', ['cache', 'verify', '--cache-dir', cache], { cwd: home })

/** A module that notes and refuses whatever could open a socket. */
const NO_SOCKETS = `import net from 'node:net'
import dns from 'node:dns'
import dgram from 'node:dgram'
import { appendFileSync } from 'node:fs'
const refuse = (what) => () => {
  appendFileSync(process.env.SOCKETS_FILE, what + '\\n')
  throw new Error('a socket was opened')
}
net.Socket.prototype.connect = refuse('connect')
dns.lookup = refuse('lookup')
dgram.createSocket = refuse('datagram')
`

describe.skipIf(!confinable)('a build without a network', () => {
  test('works from a warm cache, and opens no socket', async () => {
    const { cache, image } = await place('offline')
    const start = requests.length
    await oursFine('apko-ts', build(cache), { cwd: home })
    const asked = requests.slice(start)
    expect(asked).toEqual([...new Set(asked)]) // every URL once
    expect(asked.filter((request) => request.endsWith('.apk'))).toHaveLength(PACKAGES.length)
    const expected = await image()
    await rm(at('offline/out.tar'))
    await forgetImages(cache)
    await writeFile(at('no-sockets.mjs'), NO_SOCKETS)
    await writeFile(at('sockets'), '')
    const before = requests.length
    const env = { NODE_OPTIONS: `--import ${at('no-sockets.mjs')}`, SOCKETS_FILE: at('sockets') }
    const { exitCode, stderr } = await confined({ offline: true }, build(cache, '--offline'), { cwd: home, env })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('error') })
    expect(await image()).toBe(expected)
    expect(await readFile(at('sockets'), 'utf8')).toBe('')
    expect(requests.length).toBe(before)
    const online = await confined({ offline: true }, build(cache), { cwd: home, env })
    expect(online.exitCode).toBe(1)
    expect(await readFile(at('sockets'), 'utf8')).toContain('connect') // the guard does guard
  })

  test('says what is missing when the cache is cold', async () => {
    const { cache } = await place('cold')
    const { exitCode, stderr } = await confined({ offline: true }, build(cache, '--offline'), { cwd: home })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[OFFLINE\]: http.*APKINDEX\.tar\.gz is not in the offline cache\n {2}hint:/)
  })

  test('needs nothing but its bundle', async () => {
    const { cache, image } = await place('bundle')
    await oursFine('apko-ts', ['lock', 'image.yaml', '--bundle', at('bundle/all.tar'), '--cache-dir', cache], {
      cwd: home,
    })
    await oursFine('apko-ts', build(cache, '--lockfile', at('image.lock.json')), { cwd: home })
    const expected = await image()
    for (const name of ['bundle/out.tar', 'bundle/cache', 'image.lock.json']) await rm(at(name), { recursive: true })
    await cp(at('os'), at('os-away'), { recursive: true })
    const run = await confined({ offline: true }, build(cache, '--offline', '--bundle', at('bundle/all.tar')), {
      cwd: home,
    })
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') })
    expect(await image()).toBe(expected)
  })
})

describe.skipIf(!confinable)('a cache that cannot be written', () => {
  test('is read when it is mounted read-only', async () => {
    const { cache, image } = await place('read-only')
    await oursFine('apko-ts', build(cache), { cwd: home })
    const expected = await image()
    const before = requests.length
    const readOnly = { readOnly: [cache] }
    await forgetImages(cache)
    for (const more of [['--offline'], []]) {
      const { exitCode, stderr } = await confined(readOnly, build(cache, ...more), { cwd: home })
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('it is only read') })
      expect(await image()).toBe(expected)
    }
    expect(requests.slice(before).filter((request) => request.startsWith('GET') && request.endsWith('.apk'))).toEqual(
      [],
    )
    for (const name of await readdir(cache, { recursive: true })) {
      if (name.endsWith('.dat.tar')) await truncate(join(cache, name), 700)
    }
    expect((await confined(readOnly, build(cache), { cwd: home })).exitCode).toBe(0)
    expect(await image()).toBe(expected)
    const cut = await confined(readOnly, build(cache, '--offline'), { cwd: home })
    expect(cut).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/\.apk is not in the offline cache/) })
  })

  test('is one error when its disk is full, and nothing half-written is used later', async () => {
    const { cache, image } = await place('full')
    await mkdir(cache)
    const small = { directory: cache, bytes: 2_000_000 }
    const full = await confined({ small }, build(cache), { cwd: home })
    expect(full).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /error\[CACHE_UNWRITABLE\]: the cache directory .* cannot be used: ENOSPC.*\n.*prune/s,
      ),
    })
    const limited = await confined({ fileSize: 600 }, build(cache), { cwd: home })
    expect(limited).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/error\[CACHE_UNWRITABLE\].*EFBIG/s) })
    expect(limited.stderr.match(/^error/gm)).toHaveLength(1)
    expect(await verify(cache)).toMatchObject({ exitCode: 0 })
    await oursFine('apko-ts', build(cache), { cwd: home })
    expect(await image()).toHaveLength(64)
    expect(await verify(cache)).toMatchObject({ exitCode: 0 })
  })
})

describe('a password in a URL', () => {
  test('is in no message and in no file of the image', async () => {
    const { cache } = await place('secret')
    const { port } = server.address() as AddressInfo
    const args = build(cache, '--strip-credentials').map((word) => (word === 'image.yaml' ? 'secret/image.yaml' : word))
    await writeFile(at('secret/image.yaml'), config(`http://me:s3cret@127.0.0.1:${port}/os`))
    const { stderr } = await oursFine('apko-ts', args, { cwd: home })
    expect(stderr).not.toContain('s3cret')
    const blobs = parseTar(await readFile(at('secret/out.tar')))
    const layers = blobs
      .filter(({ header }) => header.path.endsWith('.tar.gz'))
      .map(({ content }) => gunzipAll(content, -1))
    const texts = [...blobs.map(({ content }) => content), ...layers].map((bytes) =>
      Buffer.from(bytes).toString('latin1'),
    )
    expect(texts.some((text) => text.includes(`http://127.0.0.1:${port}/os`))).toBe(true)
    expect(texts.filter((text) => text.includes('s3cret'))).toEqual([])
    await writeFile(at('secret/image.yaml'), config(`http://me:s3cret@127.0.0.1:${port}/nowhere`))
    const failed = await ours('apko-ts', args, { cwd: home })
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining('s3cret') })
  })
})

describe('builds that share a cold cache', () => {
  test('all succeed with the same image, and leave a sound cache', async () => {
    const { cache } = await place('race')
    const outputs = Array.from({ length: 4 }, (_, i) => at(`race/${i}.tar`))
    const runs = await Promise.all(
      outputs.map((output) => {
        const args = build(cache).map((word) => (word.endsWith('out.tar') ? output : word))
        return ours('apko-ts', args, { cwd: home })
      }),
    )
    for (const { exitCode, stderr } of runs) expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const digests = await Promise.all(outputs.map(async (output) => sha256Hex(await readFile(output))))
    expect(new Set(digests).size).toBe(1)
    expect(await verify(cache)).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('damaged') })
    await oursFine('apko-ts', build(cache, '--offline'), { cwd: home })
  })
})

describe('an authority of one’s own', () => {
  test('is trusted when SSL_CERT_FILE names it, and not else', async () => {
    const { cache } = await place('tls')
    const files = new Map<string, Uint8Array>()
    for (const name of await readdir(at('os/x86_64'))) {
      files.set(`/os/x86_64/${name}`, await readFile(at(`os/x86_64/${name}`)))
    }
    const internet = await startInternet({ 'repo.test': (path) => files.get(path) }, home)
    const { NODE_EXTRA_CA_CERTS: authority = '', ...proxies } = internet.env
    const args = build(cache).map((word) => (word === 'image.yaml' ? 'tls/tls.yaml' : word))
    await writeFile(at('tls/tls.yaml'), config('https://repo.test/os'))
    try {
      const distrusted = await ours('apko-ts', args, { cwd: home, env: proxies })
      expect(distrusted).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/repo\.test.*certificate/) })
      await oursFine('apko-ts', args, { cwd: home, env: { ...proxies, SSL_CERT_FILE: authority } })
    } finally {
      await internet.close()
    }
  })
})
