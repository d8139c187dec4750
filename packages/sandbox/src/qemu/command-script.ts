import { base64 } from '@apkts/encoding'
import { bubblewrapArguments } from '../bubblewrap-arguments.ts'
import { SandboxError } from '../error.ts'
import type { Command, Guest } from '../types.ts'
import { PLACES } from './agent.ts'
import { quoteWord } from './quote.ts'

/** Descriptors of a shell have one digit, and secrets begin with the third. */
const MAX_SECRETS = 7
const FIRST_SECRET = 3

export interface CommandContext {
  /** Ids of the caller. Files of the host's are its own, so that steps must be, too. */
  readonly caller: { readonly uid: number; readonly gid: number }
  readonly interactive?: boolean
  /** Of the caller's terminal. */
  readonly size?: { readonly rows: number; readonly columns: number } | undefined
}

/**
 * The script that runs a command in the machine: by bubblewrap, so that a step has the same rights, users, name spaces and
 * secrets as without a machine. `guest` has the machine's own paths.
 */
export function commandScript(
  guest: Guest,
  { argv, environment, secrets = [] }: Pick<Command, 'argv' | 'environment' | 'secrets'>,
  { caller, interactive = false, size }: CommandContext,
): string {
  if (secrets.length > MAX_SECRETS) {
    throw new SandboxError('GUEST_START', `a step names ${secrets.length} secrets, with qemu at most ${MAX_SECRETS}`)
  }
  const root = caller.uid === 0
  const sandbox = bubblewrapArguments(guest, argv, { root, interactive, environment, secrets })
  const become = root
    ? []
    : [`${PLACES.programs}/setpriv`, '--reuid', `${caller.uid}`, '--regid', `${caller.gid}`, '--clear-groups', '--']
  const command = [...become, `${PLACES.programs}/bwrap`, ...sandbox]
  return [
    'rm -f /run/script',
    ...(size === undefined ? [] : [`stty sane rows ${size.rows} cols ${size.columns}`]),
    'umask 077',
    ...secrets.flatMap(({ bytes }, at) => secretLines(bytes, at)),
    'umask 022',
    `exec ${command.map(quoteWord).join(' ')}`,
    '',
  ].join('\n')
}

function secretLines(bytes: Uint8Array, at: number): string[] {
  const file = `/run/secret.${at}`
  const text = base64(bytes)
  return [`base64 -d > ${file} << 'END'`, text, 'END', `exec ${at + FIRST_SECRET}< ${file}`, `rm -f ${file}`]
}
