import { expect, test } from 'vitest'
import { type MachineDescription, qemuArguments, shareMountOptions } from '../../src/qemu/arguments.ts'

const MACHINE: MachineDescription = {
  arch: 'x86_64',
  accelerated: true,
  resources: { processors: 2, memory: 4096, disk: 1n, processorModel: '' },
  kernel: '/boot/vmlinuz-6.1',
  kernelArguments: '',
  shares: [{ tag: 'root', path: '/guest', readOnly: true }],
  ownersKept: true,
}

/** The values of an option, in order. */
function values(machine: Partial<MachineDescription>, option: string): string[] {
  const args = qemuArguments({ ...MACHINE, ...machine })
  return args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []))
}

test('a machine has what the guest needs, and nothing else', () => {
  expect(qemuArguments(MACHINE).join(' ')).toBe(
    [
      '-nodefaults -no-user-config -display none -no-reboot',
      '-machine q35,smbus=off,sata=off,usb=off,vmport=off,graphics=off -accel kvm -cpu host -smp 2 -m 4096M',
      '-kernel /boot/vmlinuz-6.1 -initrd /proc/self/fd/8',
      '-append console=ttyS0 quiet panic=-1 apparmor=0 selinux=0',
      '-chardev socket,id=console,fd=7 -serial chardev:console -device virtio-rng-pci -device virtio-serial-pci',
      '-chardev socket,id=terminal,fd=6 -device virtconsole,chardev=terminal',
      '-chardev socket,id=control,fd=3 -device virtserialport,chardev=control,name=control',
      '-chardev socket,id=stdout,fd=4 -device virtserialport,chardev=stdout,name=stdout',
      '-chardev socket,id=stderr,fd=5 -device virtserialport,chardev=stderr,name=stderr',
      '-drive id=disk,if=none,format=raw,cache=unsafe,discard=unmap,file=/proc/self/fd/9 -device virtio-blk-pci,drive=disk',
      '-fsdev local,id=root,path=/guest,security_model=passthrough,multidevs=remap,readonly=on',
      '-device virtio-9p-pci,fsdev=root,mount_tag=root',
    ].join(' '),
  )
})

const resources = { ...MACHINE.resources, processorModel: 'Haswell' }
test.each<[string, Partial<MachineDescription>, string, string[]]>([
  ['emulated', { accelerated: false }, '-accel', ['tcg,thread=multi']],
  ['the processor, emulated', { accelerated: false }, '-cpu', ['max']],
  ['a wanted model', { resources }, '-cpu', ['Haswell']],
  ['a wanted model, emulated', { resources, accelerated: false }, '-cpu', ['Haswell']],
  ['another architecture', { arch: 'aarch64' }, '-machine', ['virt']],
  [
    'its console, and further words',
    { arch: 'aarch64', kernelArguments: 'debug' },
    '-append',
    ['console=ttyAMA0 quiet panic=-1 apparmor=0 selinux=0 debug'],
  ],
  ['no network', {}, '-netdev', []],
  ['a network', { network: { cidr: '10.9.0.0/16' } }, '-netdev', ['user,id=net,net=10.9.0.0/16']],
  [
    'a path with commas, and a caller who is not root',
    { shares: [{ tag: 's', path: '/a,b', readOnly: false }], ownersKept: false },
    '-fsdev',
    ['local,id=s,path=/a,,b,security_model=none,multidevs=remap'],
  ],
])('%s', (_, machine, option, expected) => expect(values(machine, option)).toEqual(expected))

test.each([
  [true, true, 'ro,trans=virtio,version=9p2000.L,msize=507904,cache=loose'],
  [false, false, 'rw,trans=virtio,version=9p2000.L,msize=507904,cache=mmap'],
])('a share is mounted (read-only %s, remembered %s)', (readOnly, remembered, expected) => {
  expect(shareMountOptions({ readOnly }, remembered)).toBe(expected)
})
