import { lstat, readlink } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { type Guest, SECRETS_DIRECTORY } from './types.ts'

const OWN_MOUNTS = ['/dev', '/proc', '/sys', SECRETS_DIRECTORY]
/** What Linux follows before it gives up. */
const MAX_LINKS = 40

/**
 * The first mount point of a guest that lies outside of its root, if any. bubblewrap makes mount points before it enters the
 * guest's root, while the host's is still at hand, and follows links that earlier commands left on the way: it would make
 * directories of the host. So each is walked first, where we see the guest as bubblewrap will; links that stay inside are fine.
 * No other command runs in the guest meanwhile.
 */
export async function strayMountPoint({
  root,
  rootSeen = root,
  mounts,
}: Pick<Guest, 'root' | 'rootSeen' | 'mounts'>): Promise<string | undefined> {
  for (const target of [...mounts.map(({ target }) => target), ...OWN_MOUNTS]) {
    if (await leadsOut(rootSeen, target)) return target
  }
  return undefined
}

// Names are bytes: one character each, so that nothing is lost when a link leads to a name that is no UTF-8.
async function leadsOut(root: string, target: string): Promise<boolean> {
  const parts = bytesOf(target).split('/')
  const inside: string[] = []
  let links = 0
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (inside.pop() === undefined) return true
      continue
    }
    const link = await linkAt([bytesOf(root), ...inside, part].join('/'))
    if (link === undefined) inside.push(part)
    else if (link.startsWith('/') || ++links > MAX_LINKS) return true
    else parts.unshift(...link.split('/'))
  }
  return false
}

/** Where a symbolic link leads; undefined for anything else, and for nothing. What we cannot look at leads out. */
async function linkAt(path: string): Promise<string | undefined> {
  const name = Buffer.from(path, 'latin1')
  try {
    return (await lstat(name)).isSymbolicLink() ? await readlink(name, 'latin1') : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    if (isSystemError(error, 'EACCES')) return '/'
    throw error
  }
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
