import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { kernelVersion } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { SandboxError } from '../error.ts'
import { absentModules, type ModuleTree, readModuleTree } from './modules.ts'

const HINT =
  'install a kernel for machines, such as linux-image-amd64 of Debian (the -cloud kernels lack 9p), or name one with QEMU_KERNEL_IMAGE and its modules with QEMU_KERNEL_MODULES'

/** What the guest cannot do without. */
export const NEEDED_MODULES = ['virtio_pci', 'virtio_console', 'virtio_blk', '9pnet_virtio', '9p', 'overlay', 'ext4']
export const NETWORK_MODULES = ['virtio_net']
/** What some of those ask the kernel for by other names: ext4 its checksums. Newer kernels have it inside. */
const FURTHER_MODULES = ['crc32c_generic', 'virtio_rng']

export interface GuestKernel {
  readonly image: string
  readonly version: string
  /** Absent for a kernel without modules. */
  readonly modules?: ModuleTree | undefined
}

export interface KernelSearch {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Root of the host's files. */
  readonly root?: string
}

/**
 * The kernel of guests: the one that `QEMU_KERNEL_IMAGE` names, else the newest in `/boot` that has all it needs; its modules
 * from `QEMU_KERNEL_MODULES` (a directory with `kernel/`, or with one for the version), else `/lib/modules`.
 * @throws SandboxError `RUNNER_UNUSABLE` that says what is missing, and where to get it.
 */
export async function findKernel({ env, root = '/' }: KernelSearch): Promise<GuestKernel> {
  const named = env.QEMU_KERNEL_IMAGE
  const images = named ? [named] : await installedKernels(join(root, 'boot'))
  const problems: string[] = []
  for (const image of images) {
    const kernel = await readKernel(image, env.QEMU_KERNEL_MODULES || join(root, 'lib/modules'), Boolean(named))
    if (typeof kernel !== 'string') return kernel
    problems.push(`${image}: ${kernel}`)
  }
  const where = named
    ? 'QEMU_KERNEL_IMAGE names no kernel for guests of qemu'
    : `${join(root, 'boot')} has no kernel for guests of qemu`
  throw new SandboxError('RUNNER_UNUSABLE', where, { notes: problems, hint: HINT })
}

/** The modules to load, by name. */
export function wantedModules(networking: boolean): string[] {
  return [...FURTHER_MODULES, ...NEEDED_MODULES, ...(networking ? NETWORK_MODULES : [])]
}

/** Newest first. */
async function installedKernels(boot: string): Promise<string[]> {
  try {
    const names = (await readdir(boot)).filter((name) => /^vmlinuz(-|$)/.test(name))
    return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => join(boot, name))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

/** A kernel, or why it cannot be used. `whole` takes one without modules for one that has everything inside. */
async function readKernel(image: string, modules: string, whole: boolean): Promise<GuestKernel | string> {
  const bytes = await readImage(image)
  if (typeof bytes === 'string') return bytes
  const version = kernelVersion(bytes)
  if (version === undefined) return 'it is no kernel of Linux'
  const tree = (await readModuleTree(join(modules, version))) ?? (await readModuleTree(modules))
  const kernel = { image: await realpath(image), version, modules: tree }
  if (tree === undefined) return whole ? kernel : `there are no modules for it in ${modules}`
  const absent = absentModules(tree, [...NEEDED_MODULES, ...NETWORK_MODULES])
  return absent.length === 0 ? kernel : `its modules in ${tree.directory} lack ${absent.join(', ')}`
}

async function readImage(image: string): Promise<Uint8Array | string> {
  try {
    return await readFile(image)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return error.code === 'ENOENT' ? 'there is no such file' : `this user cannot read it (${error.code})`
  }
}
