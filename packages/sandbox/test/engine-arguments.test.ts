import { describe, expect, test } from 'vitest'
import { containerArguments, DEFAULT_CAPABILITIES, type Engine, execArguments, type Guest } from '../src/index.ts'

const GUEST: Guest = {
  root: '/g/root',
  mounts: [
    { source: '/w', target: '/home/build' },
    { source: '/etc/resolv.conf', target: '/etc/resolv.conf' },
    { source: '/a,b"c', target: '/var/cache/melange', readOnly: true },
  ],
  environment: { HOME: '/home/build', A: 'with space' },
  capabilities: { add: ['CAP_NET_ADMIN'], drop: ['CAP_CHOWN'] },
  networking: true,
  platform: 'linux/amd64',
}
const ROOT = { uid: 0, gid: 0 }
const SOMEBODY = { uid: 1234, gid: 1235 }
const CAPABILITIES = [...DEFAULT_CAPABILITIES.slice(1), 'CAP_NET_ADMIN'].flatMap((name) => ['--cap-add', name])

function command(engine: Engine, guest: Partial<Guest>, caller = ROOT, image?: string): string[] {
  const context = { name: 'n', caller, ...(image === undefined ? {} : { image }) }
  return containerArguments(engine, { ...GUEST, ...guest }, context)
}

describe('the command line that starts a container', () => {
  test('of docker, word for word', () => {
    expect(command('docker', {}, ROOT, 'sha256:1')).toEqual([
      ...[
        'run',
        '--rm',
        '--interactive',
        '--name',
        'n',
        '--label',
        'dev.melange-ts=guest',
        '--platform',
        'linux/amd64',
      ],
      ...['--workdir', '/home/build', '--tmpfs', '/run/secrets:mode=1777'],
      ...['--mount', 'type=bind,source=/w,target=/home/build'],
      ...['--mount', 'type=bind,"source=/a,b""c",target=/var/cache/melange,readonly'],
      ...['--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
      ...['--user', '0:0', '--cap-drop', 'ALL', ...CAPABILITIES],
      ...['sha256:1', '/bin/sh', '-c', 'echo started && read -r end'],
    ])
  })

  test('of podman takes the directory itself, or a layer over a shared one', () => {
    expect(command('podman', {}).slice(-5)).toEqual(['--rootfs', '/g/root', '/bin/sh', '-c', expect.any(String)])
    const shared = { root: '/shared', rootShared: true }
    expect(command('podman', shared)).toContain('/shared:O')
    expect(command('podman', {})).not.toContain('--platform')
  })

  test.each<[string, Engine, Partial<Guest>, typeof ROOT, string]>([
    ['docker by root', 'docker', {}, ROOT, '--user 0:0'],
    ['docker by somebody: what steps make is theirs', 'docker', {}, SOMEBODY, '--user 1234:1235'],
    ['docker as a wanted user', 'docker', { user: { uid: 7 } }, SOMEBODY, '--user 7:7'],
    ['podman by root', 'podman', {}, ROOT, '--user 0:0'],
    ['podman by somebody', 'podman', {}, SOMEBODY, '--userns keep-id:uid=1000,gid=1000 --user 1000:1000'],
    [
      'podman as a wanted user',
      'podman',
      { user: { uid: 7, gid: 8 } },
      SOMEBODY,
      '--userns keep-id:uid=7,gid=8 --user 7:8',
    ],
    ['podman as a wanted user by root', 'podman', { user: { uid: 7, gid: 8 } }, ROOT, '--user 7:8'],
    ['docker without network', 'docker', { networking: false }, ROOT, '--network none'],
    ['podman without network', 'podman', { networking: false }, ROOT, '--network none'],
    ['podman with the host’s network', 'podman', {}, ROOT, '--network host'],
  ])('%s', (_, engine, guest, caller, expected) => {
    expect(command(engine, guest, caller).join(' ')).toContain(expected)
  })
})

test('the command line of a step: its own environment wins', () => {
  expect(execArguments(GUEST, 'n', { argv: ['/bin/sh', '-c', 'x'], environment: { A: 'own' } })).toEqual([
    ...['exec', '--env', 'HOME=/home/build', '--env', 'A=own', 'n', '/bin/sh', '-c', 'x'],
  ])
})
