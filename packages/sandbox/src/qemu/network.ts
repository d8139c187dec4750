import { SandboxError } from '../error.ts'

const DEFAULT_CIDR = '10.0.2.0/24'

/** The network behind the host's, and who is who in it. */
export interface GuestNetwork {
  readonly cidr: string
  readonly prefix: number
  readonly address: string
  readonly gateway: string
  readonly nameServer: string
  /** Domains in which names are looked up. */
  readonly search: readonly string[]
}

/**
 * The network of `QEMU_NET_CIDR` (IPv4, /8 to /28) and the domains of `QEMU_DNS_SEARCH` (separated by commas).
 * @throws SandboxError `RUNNER_UNUSABLE` for a value of another form.
 */
export function guestNetwork(env: Readonly<Record<string, string | undefined>>): GuestNetwork {
  const cidr = env.QEMU_NET_CIDR || DEFAULT_CIDR
  const [, address = '', length = ''] = /^(\d+(?:\.\d+){3})\/(\d+)$/.exec(cidr) ?? []
  const bytes = address.split('.').map(Number)
  const prefix = Number(length)
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || prefix < 8 || prefix > 28) {
    throw wrong('QEMU_NET_CIDR', cidr, 'an IPv4 network of /8 to /28, such as 10.0.2.0/24')
  }
  const search = (env.QEMU_DNS_SEARCH ?? '').split(',').filter(Boolean)
  const domain = search.find((name) => !/^[A-Za-z0-9.-]+$/.test(name))
  if (domain !== undefined) throw wrong('QEMU_DNS_SEARCH', domain, 'domains separated by commas')
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const base = number - (number % 2 ** (32 - prefix))
  // Where QEMU's network has its router and name server, and gives the first guest its address.
  const [gateway, nameServer, own] = [2, 3, prefix > 27 ? 4 : 15].map((at) => dotted(base + at)) as Names
  return { cidr: `${dotted(base)}/${prefix}`, prefix, address: own, gateway, nameServer, search }
}

type Names = [string, string, string]

function dotted(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
}

/** Text of the guest's `/etc/resolv.conf`. */
export function resolvConf({ nameServer, search }: GuestNetwork): string {
  return `nameserver ${nameServer}\n${search.length === 0 ? '' : `search ${search.join(' ')}\n`}`
}

function wrong(name: string, found: string, wanted: string): SandboxError {
  return new SandboxError('RUNNER_UNUSABLE', `${name} is ${JSON.stringify(found)}, wanted is ${wanted}`)
}
