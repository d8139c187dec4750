import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { normaliseRemote, probeVcs } from '../src/vcs/probe.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'
let top: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'apko-vcs-'))
})
afterEach(() => rm(top, { recursive: true, force: true }))

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(top, name)), { recursive: true })
    await writeFile(join(top, name), text)
  }
}

const CONFIG =
  '[core]\n\tbare = false\n[remote "other"]\n\turl = wrong\n[remote "origin"]\n\turl = git@github.com:acme/img.git\n'
const URL = `git+ssh://github.com/acme/img.git@${HASH}`

describe('the repository of a configuration', () => {
  test.each([
    ['a loose branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${HASH}\n` }],
    [
      'a packed branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack\n${HASH} refs/heads/main\n` },
    ],
    ['a detached head', { '.git/HEAD': `${HASH}\n` }],
  ])('is found with %s', async (_, files) => {
    await write({ '.git/config': CONFIG, 'images/a.yaml': '', ...files })
    expect(await probeVcs({ config: 'images/a.yaml', top })).toBe(URL)
  })

  test('is found through a linked working tree', async () => {
    await write({
      'main/.git/config': CONFIG,
      'main/.git/refs/heads/side': HASH,
      'main/.git/worktrees/side/HEAD': 'ref: refs/heads/side\n',
      'main/.git/worktrees/side/commondir': '../..\n',
      'side/.git': 'gitdir: ../main/.git/worktrees/side\n',
    })
    expect(await probeVcs({ config: 'a.yaml', top: join(top, 'side') })).toBe(URL)
  })

  test('is not looked for above the working directory', async () => {
    await write({ '.git/config': CONFIG, '.git/HEAD': HASH, 'sub/a.yaml': '' })
    expect(await probeVcs({ config: 'a.yaml', top: join(top, 'sub') })).toBe('')
    expect(await probeVcs({ config: '../a.yaml', top: join(top, 'sub') })).toBe('')
  })

  test.each([
    ['no remote', { '.git/config': '[core]\n', '.git/HEAD': HASH }],
    ['no commit', { '.git/config': CONFIG, '.git/HEAD': 'ref: refs/heads/main\n' }],
    ['a reference that leads out', { '.git/config': CONFIG, '.git/HEAD': 'ref: ../../x\n' }],
    ['no repository', {}],
  ])('is nothing with %s', async (_, files) => {
    await write(files)
    expect(await probeVcs({ config: 'a.yaml', top })).toBe('')
  })
})

test.each([
  ['git@github.com:acme/img.git', 'git+ssh://github.com/acme/img.git'],
  ['https://user:tok@host/p.git', 'https://host/p.git'],
  ['ssh://git@host:22/p', 'ssh://host:22/p'],
  ['/srv/git/p', '/srv/git/p'],
  ['../p', '../p'],
])('the remote %s is recorded as %s', (url, expected) => {
  expect(normaliseRemote(url)).toBe(expected)
})
