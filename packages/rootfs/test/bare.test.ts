import type { ImageConfig } from '@apkts/config'
import { EMPTY_IMAGE_CONFIG } from '@apkts/config'
import { describe, expect, test } from 'vitest'
import { walkTree } from '../src/index.ts'
import { compose, dir, type EntrySpec, file } from './support/make.ts'

async function names(entries: readonly EntrySpec[], config: Partial<ImageConfig> = {}): Promise<string[]> {
  const input = { bare: true, keys: new Map([['k.rsa.pub', 'key']]), world: ['a'], runtimeRepositories: ['./repo'] }
  const rootfs = await compose([{ name: 'a', entries }], config, input)
  return [...walkTree(rootfs)].map(({ path }) => path)
}

const accounts = (more: Partial<ImageConfig['accounts']>) => ({ accounts: { ...EMPTY_IMAGE_CONFIG.accounts, ...more } })

describe('a bare root filesystem', () => {
  test.each<[string, EntrySpec[], Partial<ImageConfig>, string[]]>([
    ['has the files of its packages and nothing else', [dir('app'), file('app/x', 'x')], {}, ['app', 'app/x']],
    [
      'leaves out SPDX documents and their directories',
      [
        dir('var'),
        dir('var/lib'),
        dir('var/lib/db'),
        dir('var/lib/db/sbom'),
        file('var/lib/db/sbom/a-1.0-r0.spdx.json', '{}'),
      ],
      {},
      [],
    ],
    ['keeps directories that a package brought, even empty ones', [dir('tmp'), dir('opt')], {}, ['opt', 'tmp']],
    [
      'keeps what a package put into directories of apk',
      [dir('etc'), dir('etc/apk'), file('etc/apk/mine', 'x'), dir('var'), dir('var/lib'), file('var/lib/state', 'x')],
      {},
      ['etc', 'etc/apk', 'etc/apk/mine', 'var', 'var/lib', 'var/lib/state'],
    ],
    [
      'keeps configured paths',
      [],
      {
        paths: [{ path: '/tmp', type: 'directory', permissions: 0o777, uid: 0, gid: 0, recursive: false, source: '' }],
      },
      ['tmp'],
    ],
    [
      'keeps accounts that are configured',
      [],
      accounts({ users: [{ userName: 'app', uid: 5, gid: 5, shell: '', homeDir: '/dev/null' }] }),
      ['etc', 'etc/passwd', 'etc/shadow'],
    ],
  ])('%s', async (_, entries, config, expected) => {
    expect(await names(entries, config)).toEqual(expected)
  })
})
