import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createBubblewrapRunner,
  type Guest,
  type MountedOverlays,
  mountOverlays,
  type Overlay,
  supportsOverlay,
} from '../src/index.ts'

const path = process.env.PATH ?? ''
const root = process.getuid?.() === 0
const runner = createBubblewrapRunner({ path, root })
const usable = await runner.checkUsable().then(
  () => supportsOverlay(tmpdir(), { path }),
  () => false,
)

async function layers(): Promise<{ directory: string; overlay: Overlay }> {
  const directory = await mkdtemp(join(tmpdir(), 'overlay-test-'))
  for (const name of ['lower', 'older', 'upper', 'work', 'at', 'home']) await mkdir(join(directory, name))
  const [lower, older, upper, work, at] = ['lower', 'older', 'upper', 'work', 'at'].map((name) => join(directory, name))
  return { directory, overlay: { lower: [lower!, older!], upper: upper!, work: work!, at: at! } }
}

test('looking for support leaves nothing behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'overlay-probe-'))
  expect(await supportsOverlay(directory, { path })).toBe(usable)
  expect(await supportsOverlay(directory, { path: '/nowhere' })).toBe(false)
  expect(await readdir(directory)).toEqual([])
  await rm(directory, { recursive: true })
})

test.each([
  ['a separator of mount options', { at: '/tmp/a:b' }],
  ['more layers than fit in mount options', { lower: Array.from({ length: 500 }, (_, at) => `/layers/${at}`) }],
  ['a directory that is not there', { lower: ['/nowhere'] }],
])('%s cannot be mounted, and says so', async (_, fields) => {
  const { directory, overlay } = await layers()
  await expect(mountOverlays([{ ...overlay, ...fields }], { path, root })).rejects.toMatchObject({
    code: 'OVERLAY_UNUSABLE',
  })
  await rm(directory, { recursive: true })
})

describe.skipIf(!usable)('a guest over a shared root (skipped: overlays cannot be mounted here)', () => {
  let directory: string
  let mounted: MountedOverlays
  let guest: Guest

  beforeAll(async () => {
    const made = await layers()
    directory = made.directory
    const system = ['/bin', '/lib', '/lib64', '/usr'].map((target) => ({ source: target, target }))
    for (const { target } of system) await mkdir(join(directory, 'lower', target))
    await writeFile(join(directory, 'lower', 'shared'), 'lower')
    await writeFile(join(directory, 'older', 'shared'), 'hidden')
    await writeFile(join(directory, 'older', 'old'), 'older')
    mounted = await mountOverlays([made.overlay], { path, root })
    guest = {
      root: made.overlay.at,
      enter: mounted.enter,
      mounts: [{ source: join(directory, 'home'), target: '/home/build' }, ...system],
      environment: { PATH: '/usr/bin:/bin' },
      capabilities: { add: [], drop: [] },
      networking: true,
    }
  })
  afterAll(async () => {
    await mounted.close()
    await rm(directory, { recursive: true, force: true })
  })

  const run = async (script: string) => {
    const lines: string[] = []
    const exit = await runner.run(guest, { argv: ['/bin/sh', '-c', script], onLine: (line) => lines.push(line) })
    return { exit, lines }
  }

  test('sees all layers, the topmost first, and later commands see what earlier ones wrote', async () => {
    expect((await run('cat /shared; echo; cat /old; echo changed > /shared')).lines).toEqual(['lower', 'older'])
    expect((await run('cat /shared')).lines).toEqual(['changed'])
  })

  test('never writes to the shared root; nobody else sees the mount, but we do by another name', async () => {
    await run('echo changed > /shared; touch /new')
    expect(await readFile(join(directory, 'lower', 'shared'), 'utf8')).toBe('lower')
    expect(await readdir(guest.root)).toEqual([])
    expect(await readdir(mounted.visible(guest.root))).toContain('new')
  })

  test('goes on over other layers in the same place', async () => {
    const made = await layers()
    await writeFile(join(made.directory, 'lower', 'other'), 'other')
    const mine = await mountOverlays([made.overlay], { path, root })
    await writeFile(join(mine.visible(made.overlay.at), 'written'), 'first')
    for (const name of ['upper2', 'work2']) await mkdir(join(made.directory, name))
    const [upper, work] = [join(made.directory, 'upper2'), join(made.directory, 'work2')]
    await mine.replace([{ ...made.overlay, lower: [made.overlay.upper, ...made.overlay.lower], upper, work }])
    await writeFile(join(mine.visible(made.overlay.at), 'written'), 'second')
    expect(await readdir(mine.visible(made.overlay.at))).toEqual(['other', 'written'])
    expect(await readFile(join(made.overlay.upper, 'written'), 'utf8')).toBe('first')
    expect(await readFile(join(upper, 'written'), 'utf8')).toBe('second')
    await mine.close()
    await rm(made.directory, { recursive: true })
  })

  test('reports the exit status of the command', async () => {
    expect((await run('exit 7')).exit).toEqual({ exitCode: 7, signal: undefined, aborted: false })
  })
})

describe.skipIf(!usable)('mounted by another process (skipped: overlays cannot be mounted here)', () => {
  let made: Awaited<ReturnType<typeof layers>>
  beforeEach(async () => {
    made = await layers()
  })
  afterEach(() => rm(made.directory, { recursive: true }))

  test('they go when it is killed', async () => {
    const script = await bundle(`
      const mounted = await mountOverlays([overlay], { path: process.env.PATH, root: process.getuid() === 0 })
      console.log(mounted.visible(''))
      setInterval(() => {}, 1000)`)
    const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const view = String(line).trim()
    await access(`${view}/`)
    owner.kill('SIGKILL')
    await once(owner, 'close')
    await expect.poll(() => readdir(view).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone')
  })

  test.skipIf(!root)('a user without rights mounts them in a namespace of its own', async () => {
    for (const name of await readdir(made.directory)) await chown(join(made.directory, name), 1234, 1234)
    await chmod(made.directory, 0o755)
    const script = await bundle(`
      const runner = createBubblewrapRunner({ path: process.env.PATH, root: false })
      const mounted = await mountOverlays([overlay], { path: process.env.PATH, root: false })
      const mounts = ['/bin', '/lib', '/lib64', '/usr'].map((target) => ({ source: target, target }))
      const guest = { root: overlay.at, enter: mounted.enter, mounts: [{ source: ${JSON.stringify(join(made.directory, 'home'))}, target: '/home/build' }, ...mounts],
        environment: { PATH: '/usr/bin:/bin' }, capabilities: { add: [], drop: [] }, networking: true }
      const exit = await runner.run(guest, { argv: ['/bin/sh', '-c', 'id -u > /who'], onLine: (line) => console.error(line) })
      console.log(exit.exitCode, (await import('node:fs')).readFileSync(mounted.visible(overlay.at) + '/who', 'utf8').trim())
      await mounted.close()`)
    const { stdout, stderr } = await execa('setpriv', [
      '--reuid=1234',
      '--regid=1234',
      '--clear-groups',
      process.execPath,
      script,
    ])
    expect({ stdout, stderr }).toEqual({ stdout: '0 1000', stderr: '' })
    expect(await readdir(made.overlay.upper)).toContain('who')
  })

  /** A script that can use this package, as a file that every user can run. */
  async function bundle(body: string): Promise<string> {
    const index = join(import.meta.dirname, '../src/index.ts')
    const contents = `import { createBubblewrapRunner, mountOverlays } from ${JSON.stringify(index)}
      const overlay = ${JSON.stringify(made.overlay)}
      ${body}`
    const outfile = join(made.directory, 'script.mjs')
    const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
    const options = {
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['apkts-source'],
    } satisfies BuildOptions
    await build({ stdin: { contents, resolveDir: import.meta.dirname }, outfile, banner, ...options })
    return outfile
  }
})
