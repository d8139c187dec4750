import { quoteWord } from './quote.ts'

/** Where things lie in the machine. The host's programs have a place of their own: busybox prefers its parts of the same name. */
export const PLACES = { programs: '/host', root: '/guest', shares: '/shares', resolvConf: '/run/resolv.conf' } as const

/** The first program of the machine. What becomes its root must be a mount that can be left, which an initramfs is not. */
export const INIT = `#!/bin/sh
/bin/busybox --install -s /bin
export PATH=/bin
mkdir /machine
mount -t tmpfs tmpfs /machine
for part in /*; do [ "$part" = /machine ] || cp -a "$part" /machine/; done
cd /machine && mkdir -p dev proc sys run tmp lower scratch shares guest
exec switch_root /machine /agent
`

/**
 * Does as it is told through the port `control`, line by line, until that ends, which it does when the host's process is gone:
 * `run MARK SIZE` is followed by a script of so many bytes. Its output goes to the other ports through pipes, because steps
 * open /dev/stdout again, and with a mark after its end; then its status comes back. `terminal MARK SIZE` gives the script
 * the console instead.
 */
export const AGENT = `#!/bin/sh
export PATH=/bin
fail() { echo "the guest could not $1"; sync; poweroff -f; }
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
hostname localhost
. /setup
port() {
  for tries in 1 2 3 4 5 6 7 8 9 10; do
    for place in /sys/class/virtio-ports/*; do
      [ ! -e "$place/name" ] || [ "$(cat "$place/name")" != "$1" ] || { echo "/dev/\${place##*/}"; return; }
    done
    sleep 0.1
  done
  fail "find its port $1" > /dev/console
}
exec 3<> "$(port control)" 4<> "$(port stdout)" 5<> "$(port stderr)"
echo ready >&3
while read -r verb mark size <&3; do
  case $verb in
    run)
      head -c "$size" <&3 > /run/script
      { { sh /run/script < /dev/null 2>&1 >&6 3<&- 4>&- 5>&- 6>&-; echo $? > /run/status; } | cat >&5; } 6>&1 | cat >&4
      printf %s "$mark" >&4
      printf %s "$mark" >&5
      echo "exit $(cat /run/status)" >&3 ;;
    terminal)
      head -c "$size" <&3 > /run/script
      setsid -c sh /run/script < /dev/hvc0 > /dev/hvc0 2>&1 3<&- 4>&- 5>&-
      echo "exit $?" >&3 ;;
    stop)
      umount /guest
      for place in /shares/*; do [ ! -d "$place" ] || umount "$place" || fail "write its files" > /dev/console; done
      echo stopped >&3
      break ;;
  esac
done
poweroff -f
`

export interface MountedShare {
  readonly tag: string
  /** Options of `mount`. */
  readonly options: string
  readonly at: string
}

export interface Setup {
  /** In the order in which they are loaded. */
  readonly modules: readonly string[]
  readonly root: Pick<MountedShare, 'tag' | 'options'>
  readonly shares: readonly MountedShare[]
  readonly network?: { readonly address: string; readonly prefix: number; readonly gateway: string } | undefined
  readonly resolvConf: string
}

/** The part of the agent's work that differs from guest to guest: loads modules, mounts the root as a layer, shares, network. */
export function setupScript({ modules, root, shares, network, resolvConf }: Setup): string {
  return [
    ...modules.map((name) => `insmod ${quoteWord(`/modules/${name}.ko`)}`),
    mountShare({ ...root, at: '/lower' }),
    'mount -t ext4 -o noatime /dev/vda /scratch || fail "mount its disk"',
    'mkdir /scratch/upper /scratch/work',
    'chown "$(stat -c %u:%g /lower)" /scratch/upper; chmod "$(stat -c %a /lower)" /scratch/upper',
    `mount -t overlay -o lowerdir=/lower,upperdir=/scratch/upper,workdir=/scratch/work overlay ${PLACES.root} || fail "mount its root"`,
    ...shares.flatMap((share) => [`mkdir -p ${quoteWord(share.at)}`, mountShare(share)]),
    'ip link set lo up',
    ...(network === undefined ? [] : networkLines(network)),
    `printf %s ${quoteWord(resolvConf)} > ${PLACES.resolvConf}`,
    // A guest whose steps are not root has a user name space.
    '[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] || echo 1 > /proc/sys/kernel/unprivileged_userns_clone',
    '',
  ].join('\n')
}

function mountShare({ tag, options, at }: MountedShare): string {
  return `mount -t 9p -o ${quoteWord(options)} ${quoteWord(tag)} ${quoteWord(at)} || fail "mount its share ${tag}"`
}

function networkLines({ address, prefix, gateway }: NonNullable<Setup['network']>): string[] {
  return [
    'for place in /sys/class/net/*; do [ "${place##*/}" = lo ] || card=${place##*/}; done',
    `ip addr add ${address}/${prefix} dev "$card" && ip link set "$card" up && ip route add default via ${gateway} || fail "reach its network"`,
  ]
}
