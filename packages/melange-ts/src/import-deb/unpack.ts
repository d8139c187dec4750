import { open } from 'node:fs/promises'
import type { ContentRef, TarHeader } from '@apkts/archive'
import { readTar } from '@apkts/archive'
import { type TreeEntry, type TreeEntryType, treeEntry } from '../tree/index.ts'
import { fileSystemTar } from './dpkg-deb.ts'
import { ImportError } from './error.ts'
import { cleanPath } from './paths.ts'

/**
 * Entries of a .deb's file system. The decompressed tar is kept in `tarFile`, which the contents refer to; nothing is
 * unpacked, and no path of the package touches the host. Hard links become files that share their content.
 */
export async function readFileSystem(deb: string, tarFile: string): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  const contents = new Map<string, TreeEntry>()
  for await (const { header, offset } of readTar(copied(fileSystemTar(deb), tarFile))) {
    const entry = header.type === 'hardlink' ? linked(header, contents, deb) : plain(header, { tarFile, offset })
    if (entry.type === 'file') contents.set(cleanPath(entry.path), entry)
    entries.push(entry)
  }
  return entries
}

async function* copied(source: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array, void, void> {
  const target = await open(file, 'w', 0o600)
  try {
    for await (const chunk of source) {
      await target.writeFile(chunk)
      yield chunk
    }
  } finally {
    await target.close()
  }
}

const TYPES: ReadonlySet<string> = new Set(['file', 'directory', 'symlink', 'fifo', 'character-device', 'block-device'])

function plain(header: TarHeader, at: { tarFile: string; offset: number }): TreeEntry {
  if (!TYPES.has(header.type))
    throw new ImportError('DEB_UNSUPPORTED_ENTRY', `expected a known kind of entry at ${header.path}`)
  const content: ContentRef = { kind: 'file', path: at.tarFile, offset: at.offset, size: header.size }
  const { path, mode, uid, gid, linkname } = header
  const type = header.type as TreeEntryType
  return treeEntry({ path, type, mode, uid, gid, linkname, ...(type === 'file' ? { content } : {}) })
}

function linked(header: TarHeader, contents: ReadonlyMap<string, TreeEntry>, deb: string): TreeEntry {
  const target = contents.get(cleanPath(header.linkname))
  if (target !== undefined) return { ...target, path: header.path }
  throw new ImportError(
    'DEB_UNREADABLE',
    `${deb}: hard link ${header.path} leads to ${header.linkname}, which is not there`,
  )
}
