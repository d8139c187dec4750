/** Where stand-ins write in the guest. */
export const RECORD = '/record/calls'

/** A program that notes its directory, arguments and variables, then does what `body` says. */
export function standIn(name: string, body: string): string {
  return [
    '#!/bin/busybox sh',
    `{ /bin/busybox printf '%s\\0' '${name}' "$PWD" "$#" "$@"; /bin/busybox env -0; /bin/busybox printf '\\0'; } >> ${RECORD}`,
    body,
    '',
  ].join('\n')
}

/** Set by shells themselves, or by the guest for every step. */
const UNINTERESTING = new Set(['PWD', 'OLDPWD', 'SHLVL', '_', 'PATH'])

/**
 * The calls in a record, each as one line that a shell could run; variables that `usual` has as well are left out, and
 * so are the random parts of temporary names.
 */
export function callsIn(record: string, usual: Readonly<Record<string, string>>): string[] {
  const fields = record.replace(/\/tmp\/tmp\.\w+/g, '/tmp/tmp').split('\0')
  const calls: string[] = []
  while (fields.length > 1) {
    const [name = '', directory = '', count = '0'] = fields.splice(0, 3)
    const words = fields.splice(0, Number(count))
    const environment = fields.splice(0, fields.indexOf(''))
    fields.shift()
    calls.push([...placeOf(directory), ...variables(environment, usual), name, ...words.map(quoted)].join(' '))
  }
  return calls
}

function placeOf(directory: string): string[] {
  if (directory === '/home/build') return []
  return [`[${directory.startsWith('/home/build/') ? directory.slice('/home/build/'.length) : directory}]`]
}

function variables(environment: readonly string[], usual: Readonly<Record<string, string>>): string[] {
  return environment
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const)
    .filter(([name, value]) => !UNINTERESTING.has(name) && usual[name] !== value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value === '' ? '' : quoted(value)}`)
}

function quoted(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
