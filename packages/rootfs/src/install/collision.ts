import { base64, sha1 } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import type { Node, Owner } from '../tree/node.ts'

/**
 * What happens when a file or symlink entry meets a name that is taken (apk v2, «replaces» and origins):
 * the existing node stays, or the new entry replaces it.
 * @throws RootfsError `FILE_CONFLICT` when neither may give way.
 */
export function decideCollision(path: string, existing: Node, entry: Owner): 'keep' | 'replace' {
  const owner = existing.owner
  if (owner === undefined) return keepUnowned(path, existing, entry)
  if (equalBytes(owner.checksum, entry.checksum)) return 'keep'
  if (owner.replaces.includes(entry.name)) return 'keep'
  if (entry.replaces.includes(owner.name) || owner.origin === entry.origin) return 'replace'
  throw new RootfsError(
    'FILE_CONFLICT',
    `packages ${described(owner)} and ${described(entry)} both install ${path} with different content`,
    { hint: `Leave one of them out, or let one declare that it replaces the other (an unversioned "replaces").` },
  )
}

function keepUnowned(path: string, existing: Node, entry: Owner): 'keep' {
  const found = unownedChecksum(existing)
  if (found !== undefined && equalBytes(found, entry.checksum)) return 'keep'
  const what = found === undefined ? `a ${existing.kind}` : `a file with checksum Q1${base64(found)}`
  throw new RootfsError(
    'FILE_CONFLICT',
    `package ${described(entry)} installs conflicting file ${path} (checksum Q1${base64(entry.checksum)}): ` +
      `the image already has ${what} there`,
  )
}

function unownedChecksum(node: Node): Uint8Array | undefined {
  if (node.kind !== 'file' || node.content.kind !== 'bytes' || node.content.bytes.length === 0) return undefined
  return sha1(node.content.bytes)
}

function described({ name, origin }: Owner): string {
  return `${name} (origin ${origin === '' ? 'unknown' : origin})`
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
