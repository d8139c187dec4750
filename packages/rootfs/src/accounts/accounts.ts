import type { ImageConfig } from '@apkts/config'
import { utf8 } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import { readTextAt } from '../tree/files.ts'
import { cleanPath } from '../tree/path.ts'
import type { Tree } from '../tree/tree.ts'
import { addToShadow, formatGroup, formatPasswd, parseGroup, parsePasswd, type UserEntry } from './files.ts'

type Accounts = ImageConfig['accounts']

const DEFAULT_SHELL = '/bin/sh'
const NO_HOME = '/dev/null'

/**
 * Adds the configured groups and users to the account files and makes the home directory of every user listed there,
 * packaged ones included. Returns run-as with a user name replaced by its id.
 * @throws RootfsError `ACCOUNT_FILE_MALFORMED`, `HOME_NOT_A_DIRECTORY`
 */
export async function applyAccounts(tree: Tree, accounts: Accounts): Promise<string> {
  await addGroups(tree, accounts)
  const users = await addUsers(tree, accounts)
  return runAsId(accounts.runAs, users)
}

async function addGroups(tree: Tree, { groups }: Accounts): Promise<void> {
  if (groups.length === 0) return
  const existing = parseGroup((await readTextAt(tree, 'etc/group')) ?? '')
  const added = groups.map(({ groupName, gid, members }) => ({
    name: groupName,
    password: 'x',
    gid,
    members: members.join(','),
  }))
  writeText(tree, 'etc/group', formatGroup([...existing, ...added]), 0o644)
}

async function addUsers(tree: Tree, { users }: Accounts): Promise<UserEntry[]> {
  const existing = parsePasswd((await readTextAt(tree, 'etc/passwd')) ?? '')
  const all = [...existing, ...users.map(userEntry)]
  for (const user of all) ensureHome(tree, user)
  writeText(tree, 'etc/passwd', formatPasswd(all), 0o644)
  if (users.length > 0) {
    const shadow = (await readTextAt(tree, 'etc/shadow')) ?? ''
    const names = users.map(({ userName }) => userName)
    writeText(tree, 'etc/shadow', addToShadow(shadow, names), 0o640)
  }
  return all
}

function userEntry({ userName, uid, gid, shell, homeDir }: Accounts['users'][number]): UserEntry {
  return {
    name: userName,
    password: 'x',
    uid,
    gid: gid ?? uid,
    info: 'Account created by apko',
    home: homeDir === '' ? `/home/${userName}` : homeDir,
    shell: shell === '' ? DEFAULT_SHELL : shell,
  }
}

function ensureHome(tree: Tree, { name, uid, gid, home }: UserEntry): void {
  if (home === NO_HOME) return
  const path = cleanPath(home)
  const existing = tree.lookup(path)
  if (existing?.kind === 'directory') return
  if (existing !== undefined) {
    throw new RootfsError(
      'HOME_NOT_A_DIRECTORY',
      `home directory ${home} of user ${name} exists and is a ${existing.kind}`,
    )
  }
  const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
  tree.makeDirectories(parent, 0o755)
  tree.makeDirectories(path, 0o700)
  tree.change(path, { uid, gid })
}

function runAsId(runAs: string, users: readonly UserEntry[]): string {
  const user = users.find(({ name }) => name === runAs)
  return user === undefined ? runAs : String(user.uid)
}

function writeText(tree: Tree, path: string, text: string, mode: number): void {
  tree.writeFile(path, utf8(text), mode)
}
