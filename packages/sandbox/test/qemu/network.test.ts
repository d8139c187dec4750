import { expect, test } from 'vitest'
import { guestNetwork, resolvConf } from '../../src/qemu/network.ts'

test.each([
  ['', '10.0.2.0/24', '10.0.2.15', '10.0.2.2', '10.0.2.3'],
  ['192.168.7.0/24', '192.168.7.0/24', '192.168.7.15', '192.168.7.2', '192.168.7.3'],
  ['10.1.2.3/8', '10.0.0.0/8', '10.0.0.15', '10.0.0.2', '10.0.0.3'],
  ['172.16.0.16/28', '172.16.0.16/28', '172.16.0.20', '172.16.0.18', '172.16.0.19'],
])('%j gives addresses', (QEMU_NET_CIDR, cidr, address, gateway, nameServer) => {
  expect(guestNetwork({ QEMU_NET_CIDR })).toMatchObject({ cidr, address, gateway, nameServer })
})

test.each([
  { QEMU_NET_CIDR: '10.0.2.0' },
  { QEMU_NET_CIDR: '10.0.2.0/7' },
  { QEMU_NET_CIDR: '10.0.2.0/29' },
  { QEMU_NET_CIDR: '300.0.0.0/24' },
  { QEMU_NET_CIDR: 'fec0::/64' },
  { QEMU_DNS_SEARCH: 'a.example,b example' },
])('%j is refused, and named', (env) => {
  const [name] = Object.keys(env)
  expect(() => guestNetwork(env)).toThrow(
    expect.objectContaining({ code: 'RUNNER_UNUSABLE', message: expect.stringContaining(name!) }),
  )
})

test('names are looked up by the network', () => {
  expect(resolvConf(guestNetwork({}))).toBe('nameserver 10.0.2.3\n')
  expect(resolvConf(guestNetwork({ QEMU_DNS_SEARCH: 'a.example,b.example' }))).toBe(
    'nameserver 10.0.2.3\nsearch a.example b.example\n',
  )
})
