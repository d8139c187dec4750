import { generateKeyPairSync } from 'node:crypto'
import { EMPTY_IMAGE_CONFIG } from '@apkts/config'
import { parseRfc3339 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { readTextAt, walkTree } from '../src/index.ts'
import { restoreDevices } from '../src/initial.ts'
import { compose, dir, file, link } from './support/make.ts'

const { contents, entrypoint } = EMPTY_IMAGE_CONFIG
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  type: 'spki',
  format: 'pem',
}) as string

describe('an image without packages', () => {
  test('has apk’s directories, devices and databases', async () => {
    const rootfs = await compose([], {}, { keys: new Map([['k.rsa.pub', 'K']]), world: ['b', 'a=1', 'b', 'a-b'] })
    const listed = [...walkTree(rootfs)].map(({ path, header }) => `${header.mode.toString(8)} ${path}`)
    expect(listed).toEqual(
      [
        ['755 dev', '620 dev/console', '666 dev/null', '666 dev/random', '666 dev/urandom', '666 dev/zero', '755 etc'],
        [
          '755 etc/apk',
          '644 etc/apk/arch',
          '755 etc/apk/keys',
          '644 etc/apk/keys/k.rsa.pub',
          '644 etc/apk/repositories',
        ],
        ['644 etc/apk/world', '444 etc/apko.json', '644 etc/passwd', '755 lib', '777 lib/apk', '755 opt', '555 proc'],
        ['1777 tmp', '755 usr', '755 usr/lib', '755 usr/lib/apk', '755 usr/lib/apk/db', '644 usr/lib/apk/db/installed'],
        ['600 usr/lib/apk/db/lock', '644 usr/lib/apk/db/scripts.tar', '644 usr/lib/apk/db/triggers'],
        ['755 usr/lib/apk/exec', '755 var', '755 var/cache', '755 var/cache/apk', '755 var/cache/misc'],
      ].flat(),
    )
    expect(await readTextAt(rootfs.tree, 'etc/apk/world')).toBe('a-b\na=1\nb\n')
    expect(await readTextAt(rootfs.tree, 'etc/apk/arch')).toBe('x86_64\n')
  })
})

describe('repositories', () => {
  test.each([
    ['the runtime list, sorted', ['https://r', './a', 'https://r'], './a\nhttps://r\n'],
    ['the build list for guests', undefined, './repo\n'],
  ])('%s', async (_, runtimeRepositories, expected) => {
    const { tree } = await compose([], {}, { runtimeRepositories })
    expect(await readTextAt(tree, 'etc/apk/repositories')).toBe(expected)
  })

  test('an image needs one', async () => {
    await expect(compose([], {}, { runtimeRepositories: [] })).rejects.toMatchObject({ code: 'REPOSITORIES_EMPTY' })
  })
})

test('services become run scripts', async () => {
  const { tree } = await compose([], { entrypoint: { ...entrypoint, services: { cron: 'crond -f\n', web: 'app' } } })
  expect(await readTextAt(tree, 'sv/cron/run')).toBe('#!/bin/execlineb\ncrond -f\n\n')
  expect(await readTextAt(tree, 'sv/web/run')).toBe('#!/bin/execlineb\napp\n')
  expect([tree.get('sv').mode, tree.get('sv/web').mode, tree.get('sv/web/run').mode]).toEqual([0o777, 0o777, 0o755])
})

test('missing devices come back without permissions', async () => {
  const { tree } = await compose([])
  tree.remove('dev/zero')
  restoreDevices(tree)
  expect(tree.get('dev/zero')).toMatchObject({ kind: 'character-device', major: 1, minor: 5, mode: 0 })
  expect(tree.get('dev/null').mode).toBe(0o666)
})

describe('runtime keys', () => {
  const withKeys = (...runtimeKeyring: { name: string; content: string }[]) =>
    compose(
      [],
      { contents: { ...contents, runtimeKeyring } },
      { keys: new Map([['build.rsa.pub', pem]]), imageDate: parseRfc3339('2020-01-01T00:00:00.5Z')! },
    )

  test('are re-encoded and stamped with the image date, rounded', async () => {
    const { tree } = await withKeys({ name: 'k', content: `text\n${pem.replaceAll('\n', '\r\n')}text` })
    expect(await readTextAt(tree, 'etc/apk/keys/k')).toBe(pem)
    expect(tree.get('etc/apk/keys/k')).toMatchObject({ mode: 0o644, mtime: 1577836801 })
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'pem',
  }) as string
  test.each([
    ['nothing', 'RUNTIME_KEY_INVALID', 'k', /found none/],
    [pem + pem, 'RUNTIME_KEY_INVALID', 'k', /PUBLIC KEY, PUBLIC KEY/],
    [pem.replaceAll('PUBLIC', 'PRIVATE'), 'RUNTIME_KEY_INVALID', 'k', /PRIVATE KEY/],
    [ec, 'RUNTIME_KEY_INVALID', 'k', /expected an RSA key, found ec/],
    [
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
      'RUNTIME_KEY_INVALID',
      'k',
      /does not hold a public key/,
    ],
    [pem, 'PATH_EXISTS', 'build.rsa.pub', /"build.rsa.pub"/],
  ])('%# is refused', async (content, code, name, message) => {
    await expect(withKeys({ name, content })).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('busybox', () => {
  const box = (rest: object, extra: ReturnType<typeof file>[] = []) => ({
    name: 'busybox',
    version: '1.36.1-r0',
    entries: [dir('bin'), file('bin/busybox', 'x', { mtime: 99 }), ...extra],
    ...rest,
  })
  const listed = (list: string) => [dir('etc'), dir('etc/busybox-paths.d'), file('etc/busybox-paths.d/busybox', list)]
  const targetOf = (tree: Awaited<ReturnType<typeof compose>>['tree'], path: string) => {
    const node = tree.lookup(path, { followLast: false })
    return node?.kind === 'symlink' ? node.target : node?.kind
  }

  test('its package’s list is linked; what exists stays, and directories take its time', async () => {
    const { tree } = await compose([
      box({}, [...listed('/bin/sh\n/bin/busybox\n\nnodir\n/sbin/init\n/bin/vi\n'), file('bin/vi', 'x')]),
    ])
    expect(['bin/sh', 'sbin/init', 'bin/vi', 'bin/busybox'].map((path) => targetOf(tree, path))).toEqual([
      '/bin/busybox',
      '/bin/busybox',
      'file',
      'file',
    ])
    expect(tree.lookup('nodir')).toBeUndefined()
    expect([tree.get('sbin').mtime, tree.get('bin').mtime]).toEqual([99, 99])
    expect(tree.get('sbin/init', { followLast: false }).mtime).toBe(99)
  })

  test.each([
    ['1.35.0-r29', 'bin/base32', 'usr/sbin/seedrng'],
    ['1.32.1-r1', 'bin/ash', 'bin/base32'],
    ['1.99.0-r0', 'usr/sbin/seedrng', 'usr/bin/nothing'],
  ])('without a list the table for %s has %s, not %s', async (version, present, absent) => {
    const { tree } = await compose([box({ version })])
    expect(targetOf(tree, present)).toBe('/bin/busybox')
    expect(tree.lookup(absent)).toBeUndefined()
  })

  test('another package that provides it is asked, the last one first', async () => {
    const provider = (name: string, path: string) => ({
      name,
      info: ['provides = cmd:busybox=1'],
      entries: [dir('etc'), dir('etc/busybox-paths.d'), file(`etc/busybox-paths.d/${name}`, path)],
    })
    const { tree } = await compose([
      { name: 'x', entries: [dir('bin'), file('bin/busybox', '')] },
      provider('one', '/bin/one'),
      provider('two', '/bin/two'),
    ])
    expect([targetOf(tree, 'bin/one'), targetOf(tree, 'bin/two')]).toEqual([undefined, '/bin/busybox'])
  })

  test.each([
    ['BUSYBOX_UNKNOWN', box({ name: 'other' })],
    ['BUSYBOX_UNKNOWN', box({ version: '1.36-r0' })],
    ['PATH_EXISTS', box({}, [...listed('/bin/dir'), dir('bin/dir')])],
  ])('%s', async (code, pkg) => {
    await expect(compose([pkg])).rejects.toMatchObject({ code })
  })

  test('a dangling /bin/busybox is none', async () => {
    await expect(compose([{ name: 'x', entries: [dir('bin'), link('bin/busybox', 'none')] }])).resolves.toBeDefined()
  })
})
