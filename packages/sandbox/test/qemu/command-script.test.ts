import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { Guest, Secret } from '../../src/index.ts'
import { setupScript } from '../../src/qemu/agent.ts'
import { commandScript } from '../../src/qemu/command-script.ts'
import { inMachine } from '../../src/qemu/start-machine.ts'

const GUEST: Guest = {
  root: '/host/root',
  mounts: [
    { source: '/host/workspace', target: '/home/build' },
    { source: '/etc/resolv.conf', target: '/etc/resolv.conf' },
    { source: '/host/cache', target: '/var/cache/melange', readOnly: true },
  ],
  environment: { WORD: "it's" },
  capabilities: { add: [], drop: [] },
  networking: true,
}
const ROOT = { caller: { uid: 0, gid: 0 } }
const USER = { caller: { uid: 1234, gid: 56 } }

test('the guest lies at places of the machine, which knows its own name servers', () => {
  const { root, mounts } = inMachine(GUEST)
  expect([root, ...mounts.map(({ source, target }) => `${source} ${target}`)]).toEqual([
    '/guest',
    '/shares/0 /home/build',
    '/run/resolv.conf /etc/resolv.conf',
    '/shares/2 /var/cache/melange',
  ])
})

describe('the script of a command', () => {
  const secret: Secret = { id: 'token', bytes: Uint8Array.of(0, 255, 10) }
  const script = (context: Parameters<typeof commandScript>[2], secrets: readonly Secret[] = []): string =>
    commandScript(inMachine(GUEST), { argv: ['/bin/sh', '-c', "echo 'x'"], secrets }, context)

  test.each<[string, string, string]>([
    ['runs bubblewrap in the guest', script(ROOT), `'/host/bwrap' '--bind' '/guest' '/'`],
    ['quotes what it is given', script(ROOT), `'--setenv' 'WORD' 'it'\\''s' '/bin/sh' '-c' 'echo '\\''x'\\'''`],
    ['becomes the caller', script(USER), `exec '/host/setpriv' '--reuid' '1234' '--regid' '56' '--clear-groups' '--'`],
    ['maps a caller who is not root', script(USER), `'--unshare-user' '--uid' '1000'`],
    [
      'sets the size of a terminal',
      script({ ...ROOT, size: { rows: 30, columns: 90 } }),
      'stty sane rows 30 cols 90\n',
    ],
    ['hands secrets over in descriptors', script(ROOT, [secret]), `exec 3< /run/secret.0\nrm -f /run/secret.0\n`],
    ['shows them', script(ROOT, [secret]), `'--file' '3' '/run/secrets/token'`],
  ])('%s', (_, text, part) => expect(text).toContain(part))

  test('root stays root, without a terminal', () => {
    expect(script(ROOT)).not.toMatch(/--unshare-user|stty/)
  })

  test('more secrets than a shell has descriptors are refused', () => {
    const many = Array.from({ length: 8 }, (_, at) => ({ ...secret, id: `s${at}` }))
    expect(() => script(ROOT, many)).toThrow(expect.objectContaining({ code: 'GUEST_START' }))
  })

  test('is a script', async () => {
    await execa('sh', ['-n'], { input: script({ ...ROOT, size: { rows: 1, columns: 2 } }, [secret]) })
  })
})

describe('the work that differs from guest to guest', () => {
  const setup = {
    modules: ['virtio', '9p'],
    root: { tag: 'root', options: 'ro' },
    shares: [{ tag: 'share0', options: 'rw', at: '/shares/0' }],
    resolvConf: '',
  }

  test('loads modules, mounts the root as a layer, then shares', async () => {
    const text = setupScript(setup)
    const at = [
      "insmod '/modules/virtio.ko'",
      "insmod '/modules/9p.ko'",
      "'ro' 'root' '/lower'",
      'lowerdir=/lower',
      "'rw' 'share0' '/shares/0'",
    ]
    const places = at.map((part) => text.indexOf(part))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(text).not.toContain('route')
    await execa('sh', ['-n'], { input: text })
  })

  test('reaches the network where there is one', async () => {
    const network = { address: '10.0.2.15', prefix: 24, gateway: '10.0.2.2' }
    const text = setupScript({ ...setup, network, resolvConf: 'nameserver 10.0.2.3\n' })
    expect(text).toContain('ip addr add 10.0.2.15/24 dev "$card"')
    expect(text).toContain("printf %s 'nameserver 10.0.2.3\n' > /run/resolv.conf")
    await execa('sh', ['-n'], { input: text })
  })
})
