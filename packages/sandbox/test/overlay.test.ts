import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBubblewrapRunner, type Guest, supportsOverlay } from '../src/index.ts'

const path = process.env.PATH ?? ''
const runner = createBubblewrapRunner({ path, root: process.getuid?.() === 0 })
const usable = await runner.checkUsable().then(
  () => supportsOverlay(tmpdir(), { path }),
  () => false,
)

test('directories that mount options cannot name are not used', async () => {
  expect(await supportsOverlay('/tmp/a:b', { path })).toBe(false)
})

test('looking for support leaves nothing behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'overlay-probe-'))
  await supportsOverlay(directory, { path })
  expect(await readdir(directory)).toEqual([])
  await rm(directory, { recursive: true })
})

describe.skipIf(!usable)('a guest over a shared root (skipped: overlays cannot be mounted here)', () => {
  let directory: string
  let guest: Guest

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'overlay-test-'))
    for (const name of ['lower', 'upper', 'work', 'root', 'home']) await mkdir(join(directory, name))
    const system = ['/bin', '/lib', '/lib64', '/usr'].map((target) => ({ source: target, target }))
    for (const { target } of system) await mkdir(join(directory, 'lower', target))
    await writeFile(join(directory, 'lower', 'shared'), 'lower')
    guest = {
      root: join(directory, 'root'),
      overlay: { lower: join(directory, 'lower'), upper: join(directory, 'upper'), work: join(directory, 'work') },
      mounts: [{ source: join(directory, 'home'), target: '/home/build' }, ...system],
      environment: { PATH: '/usr/bin:/bin' },
      capabilities: { add: [], drop: [] },
      networking: true,
    }
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  const run = async (script: string) => {
    const lines: string[] = []
    const exit = await runner.run(guest, { argv: ['/bin/sh', '-c', script], onLine: (line) => lines.push(line) })
    return { exit, lines }
  }

  test('sees the shared files, and later commands see what earlier ones wrote', async () => {
    expect((await run('cat /shared; echo changed > /shared')).lines).toEqual(['lower'])
    expect((await run('cat /shared')).lines).toEqual(['changed'])
  })

  test('never writes to the shared root, and nobody else sees the mount', async () => {
    await run('echo changed > /shared; touch /new')
    expect(await readFile(join(directory, 'lower', 'shared'), 'utf8')).toBe('lower')
    expect(await readdir(join(directory, 'root'))).toEqual([])
  })

  test('reports the exit status of the command', async () => {
    expect((await run('exit 7')).exit).toEqual({ exitCode: 7, signal: undefined, aborted: false })
  })
})
