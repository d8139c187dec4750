import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createQemuRunner, type Guest } from '../../src/index.ts'
import { linkedLibraries } from '../../src/qemu/host-tools.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qemu-test-'))
  await mkdir(join(directory, 'bin'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const APPLETS = 'base64 head insmod ip mount poweroff setsid stat stty switch_root'
const TOOLS: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'exit 1',
  busybox: `for applet in ${APPLETS}; do echo $applet; done`,
  bwrap: '',
  setpriv: '',
  mke2fs: '',
  ldd: '',
}

/** A runner of a host with these programs and a kernel that has everything inside. */
async function runner(tools: Readonly<Record<string, string>>, env: Record<string, string> = {}, host = 'x64') {
  for (const [name, text] of Object.entries(tools)) {
    await writeFile(join(directory, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  const image = Buffer.alloc(1024)
  image.write('HdrS', 514)
  image.writeUInt16LE(0x100, 526)
  image.write('6.9 (build@host)\0', 0x300)
  await writeFile(join(directory, 'kernel'), image)
  const known = {
    PATH: join(directory, 'bin'),
    QEMU_KERNEL_IMAGE: join(directory, 'kernel'),
    QEMU_KERNEL_MODULES: directory,
  }
  return createQemuRunner({ env: { ...known, ...env }, caller: { uid: 0, gid: 0 }, host })
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(TOOLS).filter(([name]) => !names.includes(name)))
}

describe('what is missing is told with where to get it', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string, object]>([
    [
      'qemu',
      without('qemu-system-x86_64'),
      {},
      'x64',
      { code: 'RUNNER_MISSING', hint: expect.stringContaining('qemu-system-x86') },
    ],
    ['qemu of another processor', without(), {}, 'arm64', { message: expect.stringContaining('qemu-system-aarch64') }],
    [
      'other processors',
      without(),
      {},
      'riscv64',
      { code: 'RUNNER_UNUSABLE', message: expect.stringContaining('riscv64') },
    ],
    [
      'programs',
      without('busybox', 'bwrap'),
      {},
      'x64',
      {
        message: expect.stringMatching(/: busybox, bwrap$/),
        hint: expect.stringContaining('busybox-static bubblewrap'),
      },
    ],
    [
      'parts of busybox',
      { ...TOOLS, busybox: 'echo sh; echo mount' },
      {},
      'x64',
      { message: expect.stringContaining('busybox with base64, head') },
    ],
    [
      'a kernel',
      TOOLS,
      { QEMU_KERNEL_IMAGE: '/nowhere' },
      'x64',
      { code: 'RUNNER_UNUSABLE', notes: ['/nowhere: there is no such file'] },
    ],
    [
      'several things',
      without('qemu-system-x86_64', 'bwrap'),
      { QEMU_KERNEL_IMAGE: '/nowhere' },
      'x64',
      {
        message: expect.stringMatching(/not found on PATH; .*: bwrap; QEMU_KERNEL_IMAGE/),
        hint: expect.stringMatching(/qemu-system-x86 .*bubblewrap.*linux-image-amd64/),
      },
    ],
    ['a network', TOOLS, { QEMU_NET_CIDR: 'x' }, 'x64', { message: expect.stringContaining('QEMU_NET_CIDR') }],
  ])('%s', async (_, tools, env, host, expected) => {
    await expect((await runner(tools, env, host)).checkUsable()).rejects.toMatchObject(expected)
  })
})

test('a kernel is named, a slow machine, and variables without effect', async () => {
  const usability = await (await runner(TOOLS, { QEMU_BASE_INITRAMFS: '/x' })).checkUsable()
  expect(usability).toEqual({
    detail: expect.stringMatching(/^Linux 6.9 from .*\/kernel$/),
    slow: expect.stringContaining('emulated'),
    warnings: [expect.stringContaining('QEMU_BASE_INITRAMFS has no effect')],
  })
})

describe('a machine that does not come up', () => {
  const guest = (): Guest => ({
    root: directory,
    mounts: [],
    environment: {},
    capabilities: { add: [], drop: [] },
    networking: false,
  })
  const broken = {
    ...TOOLS,
    'qemu-system-x86_64': 'echo "no such device" >&2; exit 1',
    setpriv: 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  }

  test('is an error with what it said', async () => {
    const qemu = await runner(broken)
    const run = qemu.run(guest(), { argv: ['true'] })
    await expect(run).rejects.toMatchObject({ code: 'GUEST_LOST', notes: [expect.stringContaining('no such device')] })
    await qemu.stop(guest())
  })

  test('is none for programs of another architecture', async () => {
    const run = (await runner(broken)).run({ ...guest(), platform: 'linux/arm64' }, { argv: ['true'] })
    await expect(run).rejects.toMatchObject({ code: 'GUEST_START', message: expect.stringContaining('linux/arm64') })
  })

  test('does not start for an aborted command', async () => {
    const exit = await (await runner(broken)).run(guest(), { argv: ['true'], signal: AbortSignal.abort() })
    expect(exit).toEqual({ exitCode: undefined, signal: 'SIGKILL', aborted: true })
  })
})

test.each([
  [
    '\tlinux-vdso.so.1 (0x00007f)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n',
    ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2'],
  ],
  [
    '\t/lib/ld-musl-x86_64.so.1 (0x7f)\n\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f)\n',
    ['/lib/ld-musl-x86_64.so.1', '/lib/ld-musl-x86_64.so.1'],
  ],
  ['\tnot a dynamic executable\n', []],
])('libraries of a program (%#)', (text, expected) => expect(linkedLibraries(text)).toEqual(expected))
