import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBubblewrapRunner, type Guest } from '../src/index.ts'
import { strayMountPoint } from '../src/mount-points.ts'

let directory: string
let root: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mount-points-'))
  root = join(directory, 'root')
  for (const path of ['root/var/lib', 'root/run', 'victim']) await mkdir(join(directory, path), { recursive: true })
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function outcome(target: string): Promise<string> {
  return (await strayMountPoint({ root, mounts: [{ source: '/x', target }] })) === undefined ? 'entered' : 'refused'
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
    ['behind a file', [['var/cache', 'file']], 'entered'],
    ['behind nothing', [['var/cache', 'nothing/there']], 'entered'],
  ])('%s', async (_, links, expected) => {
    for (const [path, target] of links) await symlink(target, join(root, path))
    expect(await outcome('/var/cache/melange')).toBe(expected)
  })

  test('behind a link to a name that is no UTF-8', async () => {
    const name = Buffer.from([0xff])
    await symlink(Buffer.from('/etc'), Buffer.concat([Buffer.from(`${root}/var/`), name]))
    await symlink(name, join(root, 'var/cache'))
    expect(await outcome('/var/cache/melange')).toBe('refused')
  })

  test('where the root is seen under another name', async () => {
    await mkdir(join(directory, 'other'))
    await symlink('/etc', join(root, 'var/cache'))
    const guest = { root: join(directory, 'other'), mounts: [{ source: '/x', target: '/var/cache/melange' }] }
    expect(await strayMountPoint(guest)).toBeUndefined()
    expect(await strayMountPoint({ ...guest, rootSeen: root })).toBe('/var/cache/melange')
  })

  test.skipIf(process.getuid?.() === 0)('behind a directory that cannot be looked at (skipped for root)', async () => {
    await chmod(join(root, 'var'), 0)
    const found = await outcome('/var/cache/melange')
    await chmod(join(root, 'var'), 0o755)
    expect(found).toBe('refused')
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
