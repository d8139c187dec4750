import type { MachineResources } from './resources.ts'

/** Descriptors that the program inherits: a socket for each port, and files that have no name any more. */
export const DESCRIPTORS = { control: 3, stdout: 4, stderr: 5, terminal: 6, console: 7, initramfs: 8, disk: 9 } as const
/** Ports of the guest by name; the terminal is a console of its own. */
export const PORTS = ['control', 'stdout', 'stderr'] as const

/** Most that the kernel's transport takes at once, in bytes: it has room for 128 pages. */
const MESSAGE_SIZE = 507_904

export type MachineArch = 'x86_64' | 'aarch64'

/** A directory of the host in the guest. */
export interface Share {
  readonly tag: string
  readonly path: string
  readonly readOnly: boolean
}

export interface MachineDescription {
  readonly arch: MachineArch
  readonly accelerated: boolean
  readonly resources: MachineResources
  readonly kernel: string
  /** Further words of the kernel's command line. */
  readonly kernelArguments: string
  readonly shares: readonly Share[]
  /** True when owners are kept on the host: the caller is root. */
  readonly ownersKept: boolean
  /** Absent for no network at all. */
  readonly network?: { readonly cidr: string } | undefined
}

const MACHINES: Readonly<Record<MachineArch, { readonly type: string; readonly console: string }>> = {
  x86_64: { type: 'q35,smbus=off,sata=off,usb=off,vmport=off,graphics=off', console: 'ttyS0' },
  aarch64: { type: 'virt', console: 'ttyAMA0' },
}

/** Arguments of `qemu-system-*` for a machine without anything but processors, ports, a disk and shares. */
export function qemuArguments(machine: MachineDescription): string[] {
  const { arch, accelerated, resources, network } = machine
  const { type, console } = MACHINES[arch]
  const model = resources.processorModel || (accelerated ? 'host' : 'max')
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', type, '-accel', accelerated ? 'kvm' : 'tcg,thread=multi', '-cpu', model],
    ...['-smp', `${resources.processors}`, '-m', `${resources.memory}M`],
    ...['-kernel', machine.kernel, '-initrd', descriptorPath('initramfs')],
    ...['-append', kernelArguments(console, machine.kernelArguments)],
    ...['-chardev', socket('console'), '-serial', 'chardev:console'],
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
    ...['-chardev', socket('terminal'), '-device', 'virtconsole,chardev=terminal'],
    ...PORTS.flatMap((name) => ['-chardev', socket(name), '-device', `virtserialport,chardev=${name},name=${name}`]),
    ...['-drive', `id=disk,if=none,format=raw,cache=unsafe,discard=unmap,file=${descriptorPath('disk')}`],
    ...['-device', 'virtio-blk-pci,drive=disk'],
    ...machine.shares.flatMap((share) => shareArguments(share, machine.ownersKept)),
    ...(network === undefined ? [] : networkArguments(network.cidr)),
  ]
}

/** Options of `mount -t 9p` for a share. The root changes for nobody else, so that it may be remembered. */
export function shareMountOptions({ readOnly }: Pick<Share, 'readOnly'>, remembered: boolean): string {
  const cache = remembered ? 'loose' : 'mmap'
  return `${readOnly ? 'ro' : 'rw'},trans=virtio,version=9p2000.L,msize=${MESSAGE_SIZE},cache=${cache}`
}

/** Name under which the program finds what it inherited. */
export function descriptorPath(name: keyof typeof DESCRIPTORS): string {
  return `/proc/self/fd/${DESCRIPTORS[name]}`
}

function kernelArguments(console: string, further: string): string {
  // A panic restarts the machine at once, which ends it (-no-reboot).
  return [`console=${console}`, 'quiet', 'panic=-1', 'apparmor=0', 'selinux=0', further].filter(Boolean).join(' ')
}

function socket(name: keyof typeof DESCRIPTORS): string {
  return `socket,id=${name},fd=${DESCRIPTORS[name]}`
}

function shareArguments({ tag, path, readOnly }: Share, ownersKept: boolean): string[] {
  const model = ownersKept ? 'passthrough' : 'none'
  const fields = [
    `local,id=${tag},path=${value(path)},security_model=${model},multidevs=remap`,
    ...(readOnly ? ['readonly=on'] : []),
  ]
  return ['-fsdev', fields.join(','), '-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`]
}

function networkArguments(cidr: string): string[] {
  // Without a boot program, which is a file of a package of its own.
  return ['-netdev', `user,id=net,net=${cidr}`, '-device', 'virtio-net-pci,netdev=net,romfile=']
}

// A comma in a value is written twice.
function value(text: string): string {
  return text.replaceAll(',', ',,')
}
