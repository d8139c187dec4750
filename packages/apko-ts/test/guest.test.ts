import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EMPTY_IMAGE_CONFIG } from '@apkts/config'
import { readTextAt } from '@apkts/rootfs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_ADDITIONS, planGuest } from '../src/index.ts'
import { makeKey, makeRepository } from './support/repository.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-guest-'))
  const key = await makeKey('test')
  const packages = [{ name: 'shell', dependencies: ['lib'] }, { name: 'lib' }, { name: 'extra' }]
  await makeRepository(join(home, 'repo'), { arch: 'x86_64', key, packages })
})
afterAll(() => rm(home, { recursive: true, force: true }))

function plan(locked: boolean, packages: readonly string[] = ['shell']) {
  const contents = { ...EMPTY_IMAGE_CONFIG.contents, keyring: [join(home, 'repo/test.rsa.pub')], packages }
  const added = { ...NO_ADDITIONS, repositories: [join(home, 'repo')], packages: ['extra'] }
  const options = { locked, added, cacheDir: join(home, 'cache'), env: {} }
  return planGuest({ ...EMPTY_IMAGE_CONFIG, contents }, 'x86_64', options)
}

describe('the guest of a build', () => {
  test.each([
    [true, 'extra\nextra=1.0-r0\nlib=1.0-r0\nshell=1.0-r0\n', ['extra=1.0-r0', 'lib=1.0-r0', 'shell=1.0-r0']],
    [false, 'extra\nshell\n', ['shell']],
  ])('locked %s has the world that belongs to it', async (locked, world, packages) => {
    const guest = await plan(locked)
    try {
      const { tree } = await guest.compose()
      expect(await readTextAt(tree, 'etc/apk/world')).toBe(world)
      expect(guest.config.contents.packages).toEqual(packages)
      expect(guest.packages.map(({ record }) => record.name).sort()).toEqual(['extra', 'lib', 'shell'])
      expect(await readTextAt(tree, 'etc/apk/repositories')).toBe(`${home}/repo\n`)
    } finally {
      await guest.close()
    }
  })

  test('has the same key whenever the same root filesystem would be made, and another one otherwise', async () => {
    const keys: (string | undefined)[] = []
    for (const [locked, packages] of [
      [true, ['shell']],
      [true, ['shell']],
      [true, ['lib']],
      [false, ['shell']],
    ] as const) {
      const guest = await plan(locked, packages)
      keys.push(guest.key)
      await guest.close()
    }
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(keys[1]).toBe(keys[0])
    expect(new Set(keys).size).toBe(3)
  })

  test('that cannot be resolved is an error', async () => {
    await expect(plan(true, ['nothing-like-it'])).rejects.toThrow(/nothing-like-it/)
  })
})
