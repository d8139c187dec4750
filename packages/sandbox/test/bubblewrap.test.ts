import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bubblewrapArguments, checkEmulation, createBubblewrapRunner, type Guest, SandboxError } from '../src/index.ts'

const GUEST: Guest = {
  root: '/g',
  mounts: [
    { source: '/w', target: '/home/build' },
    { source: '/etc/resolv.conf', target: '/etc/resolv.conf' },
  ],
  environment: { HOME: '/home/build', PATH: '/usr/bin' },
  capabilities: { add: [], drop: [] },
  networking: true,
}

function options(guest: Guest, root: boolean): string {
  return bubblewrapArguments(guest, ['/bin/sh', '-c', 'x'], { root, environment: { PATH: '/bin' } }).join(' ')
}

describe('the command line of bubblewrap', () => {
  test('binds the guest first, then its mounts, in order', () => {
    expect(options(GUEST, true)).toMatch(
      /^--bind \/g \/ --bind \/w \/home\/build --bind \/etc\/resolv.conf \/etc\/resolv.conf /,
    )
  })

  test('gives root no capability beyond the default set', () => {
    expect(options(GUEST, true)).toContain('--cap-drop ALL --cap-add CAP_CHOWN')
    expect(options(GUEST, true)).not.toContain('--unshare-user')
  })

  test('maps an ordinary caller to the build user', () => {
    expect(options(GUEST, false)).toContain('--unshare-user --uid 1000 --gid 1000')
  })

  test('runs as the wanted user, whose gid is the uid unless given', () => {
    expect(options({ ...GUEST, user: { uid: 7 } }, true)).toContain('--unshare-user --uid 7 --gid 7')
    expect(options({ ...GUEST, user: { uid: 7, gid: 8 } }, true)).toContain('--uid 7 --gid 8')
  })

  test('applies the added capabilities before the dropped ones', () => {
    const capabilities = { add: ['CAP_NET_ADMIN'], drop: ['CAP_CHOWN'] }
    expect(options({ ...GUEST, capabilities }, true)).toContain('--cap-add CAP_NET_ADMIN --cap-drop CAP_CHOWN')
  })

  test('lets the environment of the command win', () => {
    expect(options(GUEST, true)).toContain('--setenv HOME /home/build --setenv PATH /bin /bin/sh -c x')
  })

  test('cuts the network only when asked', () => {
    expect(options(GUEST, true)).not.toContain('--unshare-net')
    expect(options({ ...GUEST, networking: false }, true)).toContain('--unshare-net')
  })
})

test('names the missing program and how to get it', async () => {
  const runner = createBubblewrapRunner({ path: '/nonexistent', root: true })
  await expect(runner.checkUsable()).rejects.toMatchObject({
    code: 'RUNNER_MISSING',
    hint: expect.stringContaining('apt-get install bubblewrap'),
  })
})

describe('foreign architectures', () => {
  test('are refused when no emulator is registered', async () => {
    await expect(checkEmulation('s390x', { host: 'x64', binfmt: '/nonexistent' })).rejects.toThrow(SandboxError)
  })
  test.each([
    ['x86_64', 'x64', 'natively'],
    ['x86', 'x64', 'natively'],
    ['aarch64', 'arm64', 'natively'],
    ['unheard-of', 'x64', 'unknown to this program'],
  ])('%s runs on %s %s', async (arch, host, how) => {
    await expect(checkEmulation(arch, { host, binfmt: '/nonexistent' })).resolves.toBe(how)
  })
  test.each([
    ['enabled\ninterpreter /usr/libexec/qemu\nflags: OCF\n', undefined],
    ['enabled\ninterpreter /usr/libexec/qemu\nflags: OC\n', /lacks the flag F/],
    ['disabled\ninterpreter /usr/libexec/qemu\nflags: OCF\n', /is disabled/],
  ])('registered as %j', async (entry, problem) => {
    const binfmt = await mkdtemp(join(tmpdir(), 'binfmt-'))
    await writeFile(join(binfmt, 'qemu-aarch64'), entry)
    const checked = checkEmulation('aarch64', { host: 'x64', binfmt }).finally(() => rm(binfmt, { recursive: true }))
    if (problem === undefined) expect(await checked).toBe('emulated by qemu-aarch64, many times slower')
    else await expect(checked).rejects.toMatchObject({ notes: [expect.stringMatching(problem)] })
  })
})

const runner = createBubblewrapRunner({ path: process.env.PATH ?? '', root: process.getuid?.() === 0 })
const usable = await runner.checkUsable().then(
  () => true,
  () => false,
)

describe.skipIf(!usable)('a guest (skipped: bubblewrap cannot be used here)', () => {
  let directory: string
  let guest: Guest

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-test-'))
    for (const name of ['root', 'work']) await mkdir(join(directory, name))
    // The host's own programs serve as the guest's.
    const system = ['/bin', '/lib', '/lib64', '/usr'].map((path) => ({ source: path, target: path }))
    guest = {
      ...GUEST,
      root: join(directory, 'root'),
      mounts: [{ source: join(directory, 'work'), target: '/home/build' }, ...system],
      environment: { GREETING: 'hello', PATH: '/usr/bin:/bin' },
    }
    for (const { target } of system) await mkdir(join(guest.root, target), { recursive: true })
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  async function run(script: string, signal?: AbortSignal) {
    const lines: string[] = []
    const exit = await runner.run(guest, {
      argv: ['/bin/sh', '-c', script],
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
      signal,
    })
    return { exit, lines }
  }

  test('streams both outputs and reports the exit status', async () => {
    const { exit, lines } = await run('echo $GREETING; echo oops >&2; exit 3')
    expect(exit).toEqual({ exitCode: 3, signal: undefined, aborted: false })
    expect(lines.sort()).toEqual(['stderr: oops', 'stdout: hello'])
  })

  test('sees nothing of the environment of the caller', async () => {
    const { lines } = await run('env | cut -d= -f1 | sort | tr "\\n" " "')
    expect(lines.join()).not.toContain('HOME_OF_CALLER')
    expect(lines[0]).toContain('GREETING PATH PWD')
  })

  test('writes into the workspace', async () => {
    await writeFile(join(directory, 'work', 'given'), 'text')
    const { lines } = await run('cat given; pwd')
    expect(lines.join('|')).toBe('stdout: text/home/build')
  })

  test('dies with all its descendants when aborted', async () => {
    const controller = new AbortController()
    const marker = `sleep 31${process.pid}`
    const running = run(`${marker} & ${marker}`, controller.signal)
    await expect.poll(() => processes(marker)).toBeGreaterThan(0)
    controller.abort()
    expect((await running).exit).toMatchObject({ aborted: true })
    await expect.poll(() => processes(marker)).toBe(0)
  })

  function processes(marker: string): number {
    return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line === marker).length
  }
})
