import { type Guest, type GuestUser, type Mount, SECRETS_DIRECTORY, type Secret } from './types.ts'

/** What a build step may do, as container runtimes grant by default. */
export const DEFAULT_CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
] as const

/** The user of the `build` account: what a guest runs as when the caller is not root. */
const BUILD_USER: GuestUser = { uid: 1000, gid: 1000 }

// Where the caller is root these are the host's own; bubblewrap leaves /proc/sys open, as the directory itself is not writable.
const KERNEL_SETTINGS = ['/proc/sys', '/proc/sysrq-trigger'].flatMap((path) => ['--ro-bind-try', path, path])

/** What the arguments of bubblewrap depend on beside guest and command. */
export interface BubblewrapContext {
  /** True when the caller is uid 0. */
  readonly root: boolean
  /** Leaves the terminal to the guest. */
  readonly interactive?: boolean
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Their bytes come from file descriptors 3, 4, …, so that they are in no command line and on no disk. */
  readonly secrets?: readonly Pick<Secret, 'id'>[]
}

/** Arguments of `bwrap` for a command in a guest, in the order in which bubblewrap applies them. */
export function bubblewrapArguments(guest: Guest, argv: readonly string[], context: BubblewrapContext): string[] {
  const user = guest.user ?? (context.root ? undefined : BUILD_USER)
  return [
    '--bind',
    guest.root,
    '/',
    ...guest.mounts.flatMap(bindArguments),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--die-with-parent',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    ...KERNEL_SETTINGS,
    '--ro-bind',
    '/sys',
    '/sys',
    ...secretArguments(context.secrets ?? []),
    '--chdir',
    '/home/build',
    '--clearenv',
    ...userArguments(user),
    ...capabilityArguments(guest, user),
    ...(context.interactive === true ? [] : ['--new-session']),
    ...(guest.networking ? [] : ['--unshare-net']),
    ...environmentArguments({ ...guest.environment, ...context.environment }),
    ...argv,
  ]
}

function bindArguments({ source, target, readOnly }: Mount): string[] {
  return [readOnly === true ? '--ro-bind' : '--bind', source, target]
}

function secretArguments(secrets: readonly Pick<Secret, 'id'>[]): string[] {
  if (secrets.length === 0) return []
  const files = secrets.flatMap(({ id }, at) => [
    '--perms',
    '0400',
    '--file',
    `${at + 3}`,
    `${SECRETS_DIRECTORY}/${id}`,
  ])
  return ['--perms', '0700', '--tmpfs', SECRETS_DIRECTORY, ...files]
}

function userArguments(user: GuestUser | undefined): string[] {
  if (user === undefined) return []
  return ['--unshare-user', '--uid', String(user.uid), '--gid', String(user.gid ?? user.uid)]
}

// Without a user namespace the caller is root, and bubblewrap would leave all of its capabilities to the guest.
function capabilityArguments(guest: Guest, user: GuestUser | undefined): string[] {
  const none = user === undefined ? ['--cap-drop', 'ALL'] : []
  const added = [...DEFAULT_CAPABILITIES, ...guest.capabilities.add].flatMap((name) => ['--cap-add', name])
  const dropped = guest.capabilities.drop.flatMap((name) => ['--cap-drop', name])
  return [...none, ...added, ...dropped]
}

function environmentArguments(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value])
}
