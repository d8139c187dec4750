import { readTextAt } from '../tree/files.ts'
import type { Tree } from '../tree/tree.ts'
import type { OwnerNames } from '../tree/walk.ts'

/**
 * Names for user and group ids from the image's own account files. The last entry of an id wins; a malformed line ends
 * the list without an error; a missing file gives no names.
 */
export async function readOwnerNames(tree: Tree): Promise<OwnerNames> {
  return {
    users: namesById((await readTextAt(tree, 'etc/passwd')) ?? '', 7),
    groups: namesById((await readTextAt(tree, 'etc/group')) ?? '', 4),
  }
}

function namesById(text: string, fieldCount: number): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const fields = line.trim().split(':')
    const id = fields[2] ?? ''
    if (fields.length !== fieldCount || !/^[+-]?\d+$/.test(id)) break
    names.set(Number(id), fields[0]!)
  }
  return names
}
