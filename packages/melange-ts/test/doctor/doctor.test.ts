import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canBuild, examine, findingsText } from '../../src/doctor/doctor.ts'
import type { Finding } from '../../src/doctor/types.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doctor-test-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** Findings of a machine with these files and programs, by name. */
async function machine(files: Readonly<Record<string, string>>, programs: Readonly<Record<string, string>> = {}) {
  const all = { ...files, ...Object.fromEntries(Object.entries(programs).map(([name, text]) => [`bin/${name}`, text])) }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text, { mode: 0o755 })
  }
  const findings = await examine({ env: { PATH: join(root, 'bin') }, temporary: root, root, arch: 'x64' })
  return { findings, of: (name: string): Finding | undefined => findings.find((finding) => finding.name === name) }
}

const YES = '#!/bin/sh\nexit 0\n'
const NO = '#!/bin/sh\necho "no permission" >&2\nexit 1\n'

test('a machine with nothing: each finding says why, and how to get it', async () => {
  const { findings, of } = await machine({})
  expect(canBuild(findings)).toBe(false)
  for (const name of [
    'runner.bubblewrap',
    'runner.podman',
    'runner.docker',
    'runner.qemu',
    'arch.aarch64',
    'kernel.user-namespaces',
  ])
    expect(of(name)).toMatchObject({ state: 'missing', hint: expect.any(String) })
  expect(of('kernel.kvm')).toMatchObject({ state: 'limited', detail: expect.stringContaining('there is no') })
  expect(of('arch.x86_64')).toMatchObject({ state: 'works', detail: 'natively' })
  const text = findingsText(findings)
  expect(text).toMatch(/missing +runner.bubblewrap .*\n +→ install bubblewrap/)
  expect(text).toMatch(/recipes cannot be built here: no runner works\n$/)
})

test('runners that are there are tried, and their own words repeated', async () => {
  const { findings, of } = await machine({}, { bwrap: YES, podman: NO, docker: YES })
  expect(of('runner.bubblewrap')).toMatchObject({ state: 'works' })
  expect(of('runner.podman')).toMatchObject({ state: 'missing', detail: expect.stringContaining('no permission') })
  expect(of('runner.docker')).toMatchObject({ state: 'works' })
  expect(canBuild(findings)).toBe(true)
  expect(findingsText(findings)).toMatch(/recipes can be built here\n$/)
})

describe('the kernel', () => {
  const USERNS = 'proc/sys/user/max_user_namespaces'
  test.each<[string, Record<string, string>, string, Partial<Finding>]>([
    ['namespaces', { [USERNS]: '1000\n' }, 'kernel.user-namespaces', { state: 'works' }],
    ['no namespaces', { [USERNS]: '0\n' }, 'kernel.user-namespaces', { state: 'missing' }],
    [
      'namespaces for root only',
      { [USERNS]: '9\n', 'proc/sys/kernel/unprivileged_userns_clone': '0\n' },
      'kernel.user-namespaces',
      { state: 'missing', detail: 'only root may make them' },
    ],
    [
      'AppArmor',
      { [USERNS]: '9\n', 'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
      'kernel.user-namespaces',
      { hint: expect.stringContaining('apparmor_restrict_unprivileged_userns=0') },
    ],
    ['a device of KVM', { 'dev/kvm': '' }, 'kernel.kvm', { state: 'works' }],
    [
      'KVM that does nothing',
      { 'dev/kvm': '', 'bin/qemu-system-x86_64': NO },
      'kernel.kvm',
      { state: 'limited', detail: expect.stringContaining('does nothing') },
    ],
    [
      'an emulator',
      { 'proc/sys/fs/binfmt_misc/qemu-aarch64': 'enabled\nflags: OCF\n' },
      'arch.aarch64',
      { state: 'works', detail: expect.stringContaining('qemu-aarch64') },
    ],
  ])('%s', async (_, files, name, expected) => expect((await machine(files)).of(name)).toMatchObject(expected))
})

test('a program of the host that is missing is named with its package', async () => {
  expect((await machine({}, { git: YES })).of('tool.git')).toMatchObject({ state: 'works' })
  expect((await machine({})).of('tool.getfattr')).toMatchObject({ state: 'limited', hint: 'apt-get install attr' })
})
