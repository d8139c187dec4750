import { RootfsError } from '../error.ts'

/** A line of `/etc/passwd` (passwd(5)). */
export interface UserEntry {
  readonly name: string
  readonly password: string
  readonly uid: number
  readonly gid: number
  readonly info: string
  readonly home: string
  readonly shell: string
}

/** A line of `/etc/group` (group(5)). */
export interface GroupEntry {
  readonly name: string
  readonly password: string
  readonly gid: number
  readonly members: string
}

const PASSWD_FIELDS = 7
const GROUP_FIELDS = 4
const SHADOW_FIELDS = 9
const LAST_CHANGE = 2

/** @throws RootfsError `ACCOUNT_FILE_MALFORMED` with file and line, also for blank and comment lines, as in apko. */
export function parsePasswd(text: string): UserEntry[] {
  return rows(text, 'etc/passwd', PASSWD_FIELDS).map(({ fields, line }) => {
    const [name, password, uid, gid, info, home, shell] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    return { name, password, uid: id(uid, 'etc/passwd', line), gid: id(gid, 'etc/passwd', line), info, home, shell }
  })
}

export function formatPasswd(users: readonly UserEntry[]): string {
  return joinRows(users.map((u) => [u.name, u.password, u.uid, u.gid, u.info, u.home, u.shell]))
}

/** @throws RootfsError `ACCOUNT_FILE_MALFORMED` */
export function parseGroup(text: string): GroupEntry[] {
  return rows(text, 'etc/group', GROUP_FIELDS).map(({ fields, line }) => {
    const [name, password, gid, members] = fields as [string, string, string, string]
    return { name, password, gid: id(gid, 'etc/group', line), members }
  })
}

export function formatGroup(groups: readonly GroupEntry[]): string {
  return joinRows(groups.map((g) => [g.name, g.password, g.gid, g.members]))
}

/**
 * The shadow file (shadow(5)) with users added, locked. Like apko this empties the day of the last password change of
 * the users already there.
 * @throws RootfsError `ACCOUNT_FILE_MALFORMED`
 */
export function addToShadow(text: string, users: readonly string[]): string {
  const existing = rows(text, 'etc/shadow', SHADOW_FIELDS).map(({ fields }) => fields.with(LAST_CHANGE, ''))
  return joinRows([...existing, ...users.map((user) => [user, '!', '', '', '', '', '', '', ''])])
}

function rows(text: string, file: string, fieldCount: number): { fields: string[]; line: number }[] {
  if (text === '') return []
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return lines.map((content, i) => {
    const fields = content.trim().split(':')
    if (fields.length === fieldCount) return { fields, line: i + 1 }
    throw malformed(file, i + 1, `expected ${fieldCount} fields separated by ":", found ${fields.length}`)
  })
}

const MAX_ID = 2 ** 32 - 1

function id(text: string, file: string, line: number): number {
  const value = Number(text)
  if (!/^[+-]?\d+$/.test(text) || value < 0 || value > MAX_ID) {
    throw malformed(file, line, `expected a decimal id up to ${MAX_ID}, found ${JSON.stringify(text)}`)
  }
  return value
}

function malformed(file: string, line: number, problem: string): RootfsError {
  return new RootfsError('ACCOUNT_FILE_MALFORMED', `cannot parse /${file} of the image, line ${line}: ${problem}`, {
    hint: 'The file comes from a package; blank lines and comments are not allowed in it.',
  })
}

function joinRows(entries: readonly (readonly (string | number)[])[]): string {
  return entries.map((fields) => `${fields.join(':')}\n`).join('')
}
