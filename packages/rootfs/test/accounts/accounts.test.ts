import { EMPTY_IMAGE_CONFIG, type ImageAccounts } from '@apkts/config'
import { describe, expect, test } from 'vitest'
import { readTextAt, walkTree } from '../../src/index.ts'
import { compose, dir, file } from '../support/make.ts'

const PASSWD = 'root:x:0:0:root:/root:/bin/ash\nsvc:x:900:901:svc user:/var/lib/svc/home:/sbin/nologin\n'
const SHADOW = 'root:*:19000:0:::::\nbin:!:19000:0:99999:7:::\n'
const layout = {
  name: 'layout',
  entries: [
    dir('etc'),
    file('etc/passwd', PASSWD),
    file('etc/group', 'svc:x:901:\n'),
    file('etc/shadow', SHADOW, { mode: 0 }),
  ],
}

function accounts(part: Partial<ImageAccounts>) {
  return { accounts: { ...EMPTY_IMAGE_CONFIG.accounts, ...part } }
}

const alice = { userName: 'alice', uid: 3000, shell: '', homeDir: '/home/alice' }

describe('account files', () => {
  test('users and groups are appended with their defaults', async () => {
    const { tree } = await compose(
      [layout],
      accounts({
        users: [
          alice,
          { ...alice, userName: 'bob', uid: 3002, gid: 0, shell: '/bin/false', homeDir: '/srv/bob/deep/' },
        ],
        groups: [{ groupName: 'web', gid: 3000, members: ['alice', 'bob'] }],
      }),
    )
    const added = [
      'alice:x:3000:3000:Account created by apko:/home/alice:/bin/sh\n',
      'bob:x:3002:0:Account created by apko:/srv/bob/deep/:/bin/false\n',
    ]
    expect(await readTextAt(tree, 'etc/passwd')).toBe(PASSWD + added.join(''))
    expect(await readTextAt(tree, 'etc/group')).toBe('svc:x:901:\nweb:x:3000:alice,bob\n')
    expect(await readTextAt(tree, 'etc/shadow')).toBe(
      'root:*::0:::::\nbin:!::0:99999:7:::\nalice:!:::::::\nbob:!:::::::\n',
    )
    expect(tree.get('etc/shadow').mode).toBe(0)
    expect(tree.get('srv/bob')).toMatchObject({ mode: 0o755, uid: 0 })
    expect(tree.get('srv/bob/deep')).toMatchObject({ mode: 0o700, uid: 3002, gid: 0 })
  })

  test('packaged users get their homes too, named after the accounts of the image', async () => {
    const rootfs = await compose([layout])
    const home = [...walkTree(rootfs)].find(({ path }) => path === 'var/lib/svc/home')
    expect(home?.header).toMatchObject({ mode: 0o700, uid: 900, gid: 901, uname: 'svc', gname: 'svc', mtime: 0 })
    expect(await readTextAt(rootfs.tree, 'etc/shadow')).toBe(SHADOW)
  })

  test('passwd is made where no package ships one, group and shadow only for groups and users', async () => {
    const { tree } = await compose([])
    expect(tree.get('etc/passwd')).toMatchObject({ mode: 0o644, mtime: undefined })
    expect(tree.lookup('etc/group') ?? tree.lookup('etc/shadow')).toBeUndefined()
  })

  test.each([
    ['alice', '3000'],
    ['svc', '900'],
    ['nobody-here', 'nobody-here'],
    ['3000', '3000'],
    ['', ''],
  ])('run-as %j becomes %j', async (runAs, expected) => {
    const { config } = await compose([layout], accounts({ users: [alice], runAs }))
    expect(config.accounts.runAs).toBe(expected)
  })

  test('/dev/null is no home', async () => {
    const { tree } = await compose([], accounts({ users: [{ ...alice, homeDir: '/dev/null' }] }))
    expect(tree.get('dev/null').kind).toBe('character-device')
  })

  test('the last name of an id is printed, and names after a malformed line are not known', async () => {
    const passwd = 'a:x:1:1::/:/x\nb:x:1:1::/:/x\n'
    const rootfs = await compose([
      { name: 'l', entries: [dir('etc'), file('etc/passwd', passwd), file('etc/group', 'g:x:1:\n\nh:x:2:\n')] },
    ])
    expect([...rootfs.ownerNames.users]).toEqual([[1, 'b']])
    expect([...rootfs.ownerNames.groups]).toEqual([[1, 'g']])
  })

  test.each([
    ['etc/passwd', 'root:x:0:0:root:/root\n', /parse \/etc\/passwd.*line 1: expected 7 fields/],
    ['etc/passwd', 'a:x:0:0:::\n\nb:x:0:0:::\n', /line 2/],
    ['etc/passwd', 'a:x:zero:0:::\n', /expected a decimal id up to 4294967295, found "zero"/],
    ['etc/passwd', 'a:x:-1:0:::\n', /found "-1"/],
    ['etc/passwd', 'a:x:0:4294967296:::\n', /found "4294967296"/],
    ['etc/group', '# comment\n', /parse \/etc\/group/],
    ['etc/shadow', 'a:b\n', /parse \/etc\/shadow/],
  ])('%s %j is refused', async (path, content, message) => {
    const config = accounts({ users: [alice], groups: [{ groupName: 'g', gid: 1, members: [] }] })
    const composed = compose([{ name: 'l', entries: [dir('etc'), file(path, content)] }], config)
    await expect(composed).rejects.toMatchObject({
      code: 'ACCOUNT_FILE_MALFORMED',
      message: expect.stringMatching(message),
    })
  })

  test('a home that is a file is an error naming user and path', async () => {
    const entries = [dir('home'), file('home/alice', 'x')]
    await expect(compose([{ name: 'h', entries }], accounts({ users: [alice] }))).rejects.toThrow(
      /\/home\/alice of user alice exists and is a file/,
    )
  })
})
