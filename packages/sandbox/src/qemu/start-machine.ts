import { stat } from 'node:fs/promises'
import { availableParallelism, freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@apkts/encoding'
import { SandboxError } from '../error.ts'
import type { Guest, Mount } from '../types.ts'
import { AGENT, INIT, PLACES, setupScript } from './agent.ts'
import { qemuArguments, type Share, shareMountOptions } from './arguments.ts'
import { toolFiles } from './host-tools.ts'
import { initramfs } from './initramfs.ts'
import { wantedModules } from './kernel.ts'
import { Machine } from './machine.ts'
import { loadModules } from './modules.ts'
import { type GuestNetwork, guestNetwork, resolvConf } from './network.ts'
import type { QemuOptions, QemuParts } from './qemu.ts'
import { machineResources } from './resources.ts'
import { GIVEN_FILE, runWithFile } from './run-with-file.ts'
import { unnamedFile } from './unnamed-file.ts'

/** Time to write an empty file system, of which little is written. */
const FORMAT_MS = 60_000
const RESOLV_CONF = '/etc/resolv.conf'

/** The guest as seen inside the machine: its root and its mounts are at places of the machine. */
export function inMachine(guest: Guest): Guest {
  const mounts = guest.mounts.map((mount, at): Mount => {
    const source = mount.target === RESOLV_CONF ? PLACES.resolvConf : join(PLACES.shares, `${at}`)
    return { ...mount, source }
  })
  return { ...guest, root: PLACES.root, mounts }
}

/** Starts the machine of a guest. It ends when this process does, however that happens. */
export async function startGuestMachine(
  guest: Guest,
  parts: QemuParts,
  { env, caller }: QemuOptions,
): Promise<Machine> {
  const { platform = parts.platform } = guest
  if (platform !== parts.platform) {
    throw new SandboxError(
      'GUEST_START',
      `the machine of qemu runs programs for ${parts.platform}, not for ${platform}`,
      {
        hint: 'use --runner bubblewrap, which runs them with an emulator that the kernel knows',
      },
    )
  }
  const network = guest.networking ? guestNetwork(env) : undefined
  const shares = await guestShares(guest)
  const free = { processors: availableParallelism(), memory: BigInt(freemem()) }
  const resources = machineResources(guest.resources, free)
  const args = qemuArguments({
    arch: parts.arch,
    accelerated: parts.slow === undefined,
    resources,
    kernel: parts.kernel.image,
    kernelArguments: env.QEMU_KERNEL_CMDLINE ?? '',
    shares: [{ tag: 'root', path: guest.root, readOnly: true }, ...shares],
    ownersKept: caller.uid === 0,
    network,
  })
  const start = { enter: guest.enter ?? [], program: parts.program, args, env: { PATH: env.PATH } }
  const disk = await formattedDisk(env.QEMU_DISKS_PATH || tmpdir(), resources.disk, parts.tools.mke2fs)
  try {
    const initial = await unnamedFile(tmpdir(), await initialFiles(parts, shares, network))
    try {
      return new Machine({ ...start, files: [initial.fd, disk.fd] })
    } finally {
      await initial.close()
    }
  } finally {
    await disk.close()
  }
}

interface GuestShare extends Share {
  /** Its place in the machine. */
  readonly at: string
}

async function guestShares({ mounts }: Guest): Promise<GuestShare[]> {
  const shares: GuestShare[] = []
  for (const [at, { source, target, readOnly = false }] of mounts.entries()) {
    if (target === RESOLV_CONF) continue
    if (!(await stat(source)).isDirectory()) {
      throw new SandboxError('GUEST_START', `the machine of qemu can be given directories, and ${source} is none`)
    }
    shares.push({ tag: `share${at}`, path: source, readOnly, at: join(PLACES.shares, `${at}`) })
  }
  return shares
}

async function initialFiles(
  { tools, kernel }: QemuParts,
  shares: readonly GuestShare[],
  network: GuestNetwork | undefined,
): Promise<Uint8Array[]> {
  const wanted = wantedModules(network !== undefined)
  const modules = kernel.modules === undefined ? [] : await loadModules(kernel.modules, wanted)
  const setup = setupScript({
    modules: modules.map(({ name }) => name),
    root: { tag: 'root', options: shareMountOptions({ readOnly: true }, true) },
    shares: shares.map((share) => ({ tag: share.tag, at: share.at, options: shareMountOptions(share, false) })),
    network,
    resolvConf: network === undefined ? '' : resolvConf(network),
  })
  return initramfs(
    new Map<string, Uint8Array | string>([
      ...(await toolFiles(tools)),
      ...modules.map(({ name, bytes }) => [`modules/${name}.ko`, bytes] as const),
      ['init', utf8(INIT)],
      ['agent', utf8(AGENT)],
      ['setup', utf8(setup)],
    ]),
  )
}

/** A disk for what the guest writes outside of its shares: a file without a name, which takes room only as it is filled. */
async function formattedDisk(directory: string, size: bigint, mke2fs: string) {
  const disk = await unnamedFile(directory)
  await disk.truncate(Number(size))
  const how = ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-E', 'lazy_itable_init=1,nodiscard']
  const { exitCode, stderr } = await runWithFile(mke2fs, [...how, GIVEN_FILE], disk, FORMAT_MS)
  if (exitCode === 0) return disk
  await disk.close()
  throw new SandboxError('GUEST_START', `the disk of the machine could not be made in ${directory}`, {
    notes: stderr === '' ? [] : [stderr],
  })
}
