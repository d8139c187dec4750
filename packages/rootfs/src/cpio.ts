import { CPIO_END, CPIO_TYPE, contentSize, cpioHeader, cpioPadding, readContent } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'
import type { Node } from './tree/node.ts'
import type { Tree } from './tree/tree.ts'
import { walkNodes } from './tree/walk.ts'

/**
 * The tree as a cpio archive in the «newc» format (cpio(5)), as an initramfs is. Owners, times and extended attributes
 * are not in it, and every name of a hard-linked file is a file of its own, as in apko.
 */
export async function* cpioArchive(tree: Tree): AsyncGenerator<Uint8Array, void, void> {
  yield cpioHeader({ name: '.', mode: CPIO_TYPE.directory | 0o777 })
  for (const { path, node } of walkNodes(tree.root)) yield* nodeRecord(path, node)
  yield CPIO_END
}

async function* nodeRecord(name: string, node: Node): AsyncGenerator<Uint8Array> {
  const mode = CPIO_TYPE[node.kind] | (node.kind === 'symlink' ? 0o777 : node.mode)
  if (node.kind === 'file') {
    const size = contentSize(node.content)
    yield cpioHeader({ name, mode, size })
    yield* readContent(node.content)
    yield cpioPadding(size)
  } else if (node.kind === 'symlink') {
    const target = utf8(node.target)
    yield concatBytes([cpioHeader({ name, mode, size: target.length }), target, cpioPadding(target.length)])
  } else if (node.kind === 'character-device') {
    yield cpioHeader({ name, mode, major: node.major, minor: node.minor })
  } else {
    yield cpioHeader({ name, mode })
  }
}
