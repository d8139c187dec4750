/** A login for one host. */
export interface Login {
  readonly user: string
  readonly password: string
}

/**
 * The login a netrc file has for a host (curl's and Go's common subset: `machine`, `default`, `login`, `password`;
 * `macdef` blocks are skipped). Undefined when there is none.
 */
export function findNetrcLogin(text: string, host: string): Login | undefined {
  let fallback: Login | undefined
  for (const entry of parseNetrc(text)) {
    if (entry.machine === host) return entry
    if (entry.machine === undefined) fallback ??= entry
  }
  return fallback
}

interface NetrcEntry extends Login {
  /** Undefined for `default`. */
  readonly machine: string | undefined
}

function parseNetrc(text: string): NetrcEntry[] {
  const words = withoutMacros(text)
    .split(/\s+/)
    .filter((word) => word !== '')
  const entries: { machine: string | undefined; user: string; password: string }[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const entry = entries.at(-1)
    if (word === 'machine') entries.push({ machine: words[++i] ?? '', user: '', password: '' })
    else if (word === 'default') entries.push({ machine: undefined, user: '', password: '' })
    else if (word === 'login' && entry !== undefined) entry.user = words[++i] ?? ''
    else if (word === 'password' && entry !== undefined) entry.password = words[++i] ?? ''
    else if (word === 'account') i++
  }
  return entries
}

function withoutMacros(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '').replace(/^[ \t]*macdef\b.*?(?:\n[ \t]*\n|$(?!\n))/gms, '')
}
