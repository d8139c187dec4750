import type { TreeEntry } from '../tree/index.ts'
import type { Linter } from './types.ts'

const SPECIAL: readonly (readonly [string, number])[] = [
  ['setuid', 0o4000],
  ['setgid', 0o2000],
  ['sticky', 0o1000],
]
const WORLD_WRITABLE = 0o002
const EXECUTABLE = 0o111

const setuidgid: Linter = {
  name: 'setuidgid',
  explain: 'Unset the setuid/setgid bit on the relevant files, or remove this linter',
  check({ name, tree }) {
    const files = tree.entries
      .filter(({ type }) => type === 'file')
      .map((entry) =>
        permissionDetail(
          entry,
          SPECIAL.filter(([, bit]) => (entry.mode & bit) !== 0).map(([word]) => word),
        ),
      )
      .filter(({ permissions }) => permissions.length > 0)
    if (files.length === 0) return undefined
    const count = `${files.length} file${files.length === 1 ? '' : 's'}`
    return {
      message: `${name} contains ${count} with special permissions (setuid/setgid)`,
      details: { files },
      items: files.map(({ path, mode, permissions }) => `${path} (mode: ${mode}, ${permissions.join('+')})`),
    }
  },
}

const worldwrite: Linter = {
  name: 'worldwrite',
  explain:
    'Change the permissions of any permissive files in the package, disable the linter, or make this a -compat package',
  check({ name, tree }) {
    const files = tree.entries
      .filter(({ type, mode }) => type === 'file' && (mode & WORLD_WRITABLE) !== 0)
      .map((entry) =>
        permissionDetail(entry, ['world-writable', ...((entry.mode & EXECUTABLE) === 0 ? [] : ['executable'])]),
      )
    if (files.length === 0) return undefined
    return {
      message: `${name} contains ${files.length} world-writeable file${files.length === 1 ? '' : 's'}`,
      details: { files },
      items: files.map(({ path, mode, permissions }) => `${path} (mode: ${mode}) [${permissions.join('+')}]`),
    }
  },
}

function permissionDetail({ path, mode }: TreeEntry, permissions: readonly string[]) {
  return { path, mode: mode.toString(8), permissions }
}

/** Linters that look at mode bits. */
export const PERMISSION_LINTERS: readonly Linter[] = [setuidgid, worldwrite]
