import { CAPABILITY, capabilitiesText } from './capabilities.ts'
import type { FileChange } from './compare.ts'
import type { FileFacts } from './facts.ts'

/** A path whose special rights are not the same in both images. */
export interface PrivilegeChange {
  readonly path: string
  /** Such as `setuid root`, `cap_net_raw=ep`, `writable by all`. */
  readonly gained: readonly string[]
  readonly lost: readonly string[]
}

/** Among changes of files those that give somebody a right, or take it away. */
export function privilegeChanges(changes: readonly FileChange[]): PrivilegeChange[] {
  return changes.flatMap(({ path, before, after }): PrivilegeChange[] => {
    const [was, is] = [privilegesOf(before), privilegesOf(after)]
    const gained = is.filter((right) => !was.includes(right))
    const lost = was.filter((right) => !is.includes(right))
    return gained.length + lost.length === 0 ? [] : [{ path, gained, lost }]
  })
}

const SETUID = 0o4000
const SETGID = 0o2000
const STICKY = 0o1000
const WRITABLE = 0o002

function privilegesOf(facts: FileFacts | undefined): string[] {
  if (facts === undefined || facts.type === 'symlink') return []
  const { type, mode, uid, gid, xattrs } = facts
  const rights: string[] = []
  if (type === 'file' && mode & SETUID) rights.push(`setuid ${uid === 0 ? 'root' : uid}`)
  if (type === 'file' && mode & SETGID) rights.push(`setgid ${gid === 0 ? 'root' : gid}`)
  const isOpen = (mode & WRITABLE) !== 0 && !(type === 'directory' && mode & STICKY)
  if ((type === 'file' || type === 'directory') && isOpen) rights.push('writable by all')
  const capabilities = xattrs?.get(CAPABILITY)
  if (capabilities !== undefined) rights.push(capabilitiesText(capabilities))
  return rights
}
