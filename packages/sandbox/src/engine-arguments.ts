import { DEFAULT_CAPABILITIES } from './bubblewrap-arguments.ts'
import { type Command, type Guest, type Mount, SECRETS_DIRECTORY } from './types.ts'

/** Container engines whose command lines agree in what is used here. */
export type Engine = 'docker' | 'podman'

/** The user of a rootless container's caller, inside. */
const BUILD_USER = 1000
export const HOME = '/home/build'
const RESOLV_CONF = '/etc/resolv.conf'
/** Lives until its input ends, which it does when the caller goes, however it goes. */
const KEEPER = 'echo started && read -r end'

export interface ContainerContext {
  readonly name: string
  /** Image of the guest's root; podman takes the directory as it is. */
  readonly image?: string
  /** Ids of the caller; uid 0 for root. */
  readonly caller: { readonly uid: number; readonly gid: number }
}

/** Arguments that start the container of a guest, in which its commands are run. */
export function containerArguments(engine: Engine, guest: Guest, context: ContainerContext): string[] {
  return [
    'run',
    ...['--rm', '--interactive', '--name', context.name, '--label', 'dev.melange-ts=guest'],
    ...(guest.platform === undefined || engine === 'podman' ? [] : ['--platform', guest.platform]),
    ...['--workdir', HOME, '--tmpfs', `${SECRETS_DIRECTORY}:mode=1777`],
    ...guest.mounts.filter(({ target }) => target !== RESOLV_CONF).flatMap(mountArguments),
    ...['--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
    ...networkArguments(engine, guest),
    ...userArguments(engine, guest, context),
    ...capabilityArguments(guest),
    ...rootArguments(guest, context.image),
    ...['/bin/sh', '-c', KEEPER],
  ]
}

/** Arguments that run a command in that container. */
export function execArguments(
  guest: Guest,
  name: string,
  { argv, environment }: Pick<Command, 'argv' | 'environment'>,
  mode: readonly string[] = [],
): string[] {
  const variables = Object.entries({ ...guest.environment, ...environment })
  return ['exec', ...mode, ...variables.flatMap(([key, value]) => ['--env', `${key}=${value}`]), name, ...argv]
}

function mountArguments({ source, target, readOnly }: Mount): string[] {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly === true ? ['readonly'] : [])]
  return ['--mount', fields.map(csvField).join(',')]
}

// Engines read the value as one record of CSV (RFC 4180).
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

// docker's own default is a network behind the host's; podman's needs programs that are often missing, so it shares the host's.
function networkArguments(engine: Engine, { networking }: Guest): string[] {
  if (!networking) return ['--network', 'none']
  return engine === 'podman' ? ['--network', 'host'] : []
}

function userArguments(engine: Engine, { user }: Guest, { caller }: ContainerContext): string[] {
  const rootless = caller.uid !== 0
  if (engine === 'podman' && rootless) {
    const { uid, gid = uid } = user ?? { uid: BUILD_USER }
    return ['--userns', `keep-id:uid=${uid},gid=${gid}`, '--user', `${uid}:${gid}`]
  }
  if (user !== undefined) return ['--user', `${user.uid}:${user.gid ?? user.uid}`]
  // Through docker anybody is root; what steps make is to belong to the caller.
  return ['--user', rootless ? `${caller.uid}:${caller.gid}` : '0:0']
}

function capabilityArguments({ capabilities: { add, drop } }: Guest): string[] {
  const kept = [...new Set([...DEFAULT_CAPABILITIES, ...add])].filter((name) => !drop.includes(name))
  return ['--cap-drop', 'ALL', ...kept.flatMap((name) => ['--cap-add', name])]
}

function rootArguments({ root, rootShared }: Guest, image: string | undefined): string[] {
  if (image !== undefined) return [image]
  return ['--rootfs', rootShared === true ? `${root}:O` : root]
}
