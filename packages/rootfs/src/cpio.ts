import { contentSize, readContent } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import type { Node } from './tree/node.ts'
import type { Tree } from './tree/tree.ts'
import { walkNodes } from './tree/walk.ts'

const MAGIC = '070701'
const ALIGNMENT = 4
const TRAILER = 'TRAILER!!!'
const FILE_TYPE: Readonly<Record<Node['kind'], number>> = {
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  'character-device': 0o020000,
}

interface CpioHeader {
  readonly name: string
  readonly mode: number
  readonly size?: number
  readonly major?: number
  readonly minor?: number
}

/**
 * The tree as a cpio archive in the «newc» format (cpio(5)), as an initramfs is. Owners, times and extended attributes
 * are not in it, and every name of a hard-linked file is a file of its own, as in apko.
 */
export async function* cpioArchive(tree: Tree): AsyncGenerator<Uint8Array, void, void> {
  yield record({ name: '.', mode: FILE_TYPE.directory | 0o777 })
  for (const { path, node } of walkNodes(tree.root)) yield* nodeRecord(path, node)
  yield record({ name: TRAILER, mode: 0 })
}

async function* nodeRecord(name: string, node: Node): AsyncGenerator<Uint8Array> {
  const mode = FILE_TYPE[node.kind] | (node.kind === 'symlink' ? 0o777 : node.mode)
  if (node.kind === 'file') {
    const size = contentSize(node.content)
    yield record({ name, mode, size })
    yield* readContent(node.content)
    yield padding(size)
  } else if (node.kind === 'symlink') {
    const target = utf8(node.target)
    yield concatBytes([record({ name, mode, size: target.length }), target, padding(target.length)])
  } else if (node.kind === 'character-device') {
    yield record({ name, mode, major: node.major, minor: node.minor })
  } else {
    yield record({ name, mode })
  }
}

/** Header and name; inode, owner, link count, time and device are always 0. */
function record({ name, mode, size = 0, major = 0, minor = 0 }: CpioHeader): Uint8Array {
  const bytes = utf8(`${name}\0`)
  const fields = [0, mode, 0, 0, 0, 0, size, 0, 0, major, minor, bytes.length, 0]
  const header = utf8(MAGIC + fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join(''))
  return concatBytes([header, bytes, padding(header.length + bytes.length)])
}

function padding(size: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT)
}
