import { access, constants, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { supportsOverlay } from '@apkts/sandbox'
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

async function kvm({ root }: Machine): Promise<Finding> {
  const name = 'kernel.kvm'
  const device = join(root, 'dev/kvm')
  try {
    await access(device, constants.R_OK | constants.W_OK)
    return { name, state: 'works', detail: `${device} can be opened` }
  } catch (error) {
    if (!isSystemError(error)) throw error
    const absent = error.code === 'ENOENT'
    return {
      name,
      state: 'limited',
      detail: absent ? `there is no ${device}` : `${device} cannot be opened by this user`,
      hint: absent
        ? 'switch on virtualisation in the firmware, or nested virtualisation in the host'
        : 'join the group kvm',
    }
  }
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
