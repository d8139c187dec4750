import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { findProgram, kvmProblem, supportsOverlay } from '@apkts/sandbox'
import type { Finding, Machine } from './types.ts'

const GIB = 2 ** 30
/** An environment with a compiler, its packages and a workspace. */
const ROOM = 5 * GIB

/** What the kernel lets builds use. */
export async function kernelFindings(machine: Machine): Promise<Finding[]> {
  return [await namespaces(machine), await overlay(machine), await kvm(machine), await room(machine)]
}

async function namespaces({ root }: Machine): Promise<Finding> {
  const name = 'kernel.user-namespaces'
  const most = await setting(root, 'proc/sys/user/max_user_namespaces')
  const allowed = await setting(root, 'proc/sys/kernel/unprivileged_userns_clone')
  const restricted = await setting(root, 'proc/sys/kernel/apparmor_restrict_unprivileged_userns')
  if (most === undefined || most === '0')
    return missing(name, 'the kernel has none', 'sysctl user.max_user_namespaces=10000')
  if (allowed === '0')
    return missing(name, 'only root may make them', 'sysctl kernel.unprivileged_userns_clone=1, or build as root')
  if (restricted === '1') {
    const hint = 'sysctl kernel.apparmor_restrict_unprivileged_userns=0, or build as root'
    return missing(name, 'AppArmor keeps them from users other than root', hint)
  }
  return { name, state: 'works', detail: 'users other than root can build with bubblewrap' }
}

async function overlay({ env, temporary }: Machine): Promise<Finding> {
  const name = 'kernel.overlay'
  const works = await mkdtemp(join(temporary, 'melange-doctor-')).then(async (directory) => {
    try {
      return await supportsOverlay(directory, { path: env.PATH ?? '' })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
  if (works) return { name, state: 'works', detail: 'environments are made once and shared by builds' }
  const detail = `environments are copied for each build: overlays cannot be mounted in ${temporary} by this user`
  return { name, state: 'limited', detail, hint: 'build as root, with TMPDIR on ext4, xfs or btrfs' }
}

async function kvm({ root, env, arch, temporary }: Machine): Promise<Finding> {
  const name = 'kernel.kvm'
  const program = findProgram('qemu-system-x86_64', env.PATH ?? '')
  const problem = await kvmProblem({ program, arch: arch === 'x64' ? 'x86_64' : 'aarch64', temporary, root })
  if (problem === undefined) return { name, state: 'works', detail: 'guests of qemu run at full speed' }
  const hint = problem.includes('opened')
    ? 'join the group kvm'
    : 'switch on virtualisation in the firmware, or nested virtualisation in the host'
  return { name, state: 'limited', detail: `guests of qemu are emulated: ${problem}`, hint }
}

async function room({ temporary }: Machine): Promise<Finding> {
  const name = 'disk.temporary'
  const { bavail, bsize } = await statfs(temporary)
  const detail = `${((Number(bavail) * Number(bsize)) / GIB).toFixed(1)} GiB free in ${temporary}`
  if (Number(bavail) * Number(bsize) >= ROOM) return { name, state: 'works', detail }
  return { name, state: 'limited', detail, hint: 'set TMPDIR to a directory with more room' }
}

async function setting(root: string, path: string): Promise<string | undefined> {
  try {
    return (await readFile(join(root, path), 'utf8')).trim()
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

function missing(name: string, detail: string, hint: string): Finding {
  return { name, state: 'missing', detail, hint }
}
