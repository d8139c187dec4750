import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBubblewrapRunner, type Guest } from '../src/index.ts'
import { withMountPoints } from '../src/mount-points.ts'

let directory: string
let root: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mount-points-'))
  root = join(directory, 'root')
  for (const path of ['root/var/lib', 'root/run', 'victim']) await mkdir(join(directory, path), { recursive: true })
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function outcome(target: string): Promise<string> {
  const [program = '', ...args] = withMountPoints({ root, mounts: [{ source: '/x', target }] }, ['echo', 'entered'])
  const { exitCode, stdout } = await execa(program, args, { reject: false })
  return exitCode === 125 ? 'refused' : stdout
}

describe('a mount point in a guest', () => {
  test.each<[string, [string, string][], string]>([
    ['that is a directory', [], 'entered'],
    ['behind a relative link', [['var/cache', 'lib']], 'entered'],
    ['behind a link upwards that stays inside', [['var/cache', '../run']], 'entered'],
    [
      'behind links to links',
      [
        ['var/cache', '../a'],
        ['a', 'b'],
        ['b', 'run'],
      ],
      'entered',
    ],
    ['behind an absolute link', [['var/cache', '/oldroot/victim']], 'refused'],
    ['behind a link to the root', [['var/cache', '/']], 'refused'],
    ['behind a link that leaves the root', [['var/cache', '../../oldroot/victim']], 'refused'],
    [
      'behind a link that leaves it through another',
      [
        ['var/cache', 'in/../..'],
        ['var/in', '../run'],
      ],
      'refused',
    ],
    [
      'behind a circle',
      [
        ['var/cache', 'again'],
        ['var/again', 'cache'],
      ],
      'refused',
    ],
    [
      'that itself is a link',
      [
        ['var/cache', 'lib'],
        ['var/lib/melange', '/etc'],
      ],
      'refused',
    ],
    [
      'behind a link whose name ends in a line break',
      [
        ['var/cache', 'lib\n'],
        ['var/lib\n', '/etc'],
      ],
      'refused',
    ],
  ])('%s', async (_, links, expected) => {
    for (const [path, target] of links) await symlink(target, join(root, path))
    expect(await outcome('/var/cache/melange')).toBe(expected)
  })
})

const runner = createBubblewrapRunner({ path: process.env.PATH ?? '', root: process.getuid?.() === 0 })
const usable = await runner.checkUsable().then(
  () => true,
  () => false,
)

test.skipIf(!usable)('the host’s directories stay as they are (skipped without bubblewrap)', async () => {
  const system = ['/bin', '/lib', '/lib64', '/usr'].map((path) => ({ source: path, target: path }))
  const guest: Guest = {
    root,
    mounts: [...system, { source: '/usr', target: '/var/cache/melange' }],
    environment: { PATH: '/usr/bin:/bin' },
    capabilities: { add: [], drop: [] },
    networking: true,
  }
  for (const path of ['bin', 'lib', 'lib64', 'usr', 'home/build']) await mkdir(join(root, path), { recursive: true })
  await symlink(`/oldroot${join(directory, 'victim')}`, join(root, 'var/cache'))
  const lines: string[] = []
  const exit = await runner.run(guest, { argv: ['true'], onLine: (line) => lines.push(line) })
  expect(exit.exitCode).toBe(125)
  expect(lines.join()).toContain('/var/cache/melange leads out of it')
  expect(await readdir(join(directory, 'victim'))).toEqual([])
})
