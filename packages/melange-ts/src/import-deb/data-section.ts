import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import {
  contentSize,
  createGzipWriter,
  encodeTarHeader,
  readContent,
  TAR_END,
  tarHeader,
  tarPadding,
} from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import type { PackageTree, TreeEntry } from '../tree/index.ts'

const CHECKSUM = 'APK-TOOLS.checksum.SHA1'

/**
 * Writes the data section of an apk package (apk v2) to a file: tar entries with their checksums, compressed. All have
 * the build date, in seconds, as their time.
 */
export async function writeDataSection(
  tree: PackageTree,
  file: string,
  buildDate: number,
): Promise<{ dataHash: string; installedSize: number }> {
  const target = await open(file, 'w')
  const hash = createHash('sha256')
  let installedSize = 0
  try {
    const gzip = createGzipWriter(
      async (chunk) => {
        hash.update(chunk)
        await target.writeFile(chunk)
      },
      { header: 'melange' },
    )
    for (const entry of tree.entries) {
      installedSize += sizeOnDisk(entry)
      await gzip.write(encodeTarHeader(await headerOf(entry, buildDate)))
      for await (const chunk of readContent(entry.content)) await gzip.write(chunk)
      await gzip.write(tarPadding(contentSize(entry.content)))
    }
    await gzip.write(TAR_END)
    await gzip.end()
  } finally {
    await target.close()
  }
  return { dataHash: hash.digest('hex'), installedSize }
}

const DIRECTORY_SIZE = 4096

function sizeOnDisk({ type, linkname, content }: TreeEntry): number {
  if (type === 'directory') return DIRECTORY_SIZE
  return type === 'symlink' ? Buffer.byteLength(linkname) : contentSize(content)
}

async function headerOf(entry: TreeEntry, mtime: number) {
  const { path, type, mode, uid, gid, linkname } = entry
  const checksum = await checksumOf(entry)
  return tarHeader({
    path,
    type,
    mode,
    uid,
    gid,
    linkname,
    mtime,
    size: contentSize(entry.content),
    pax: checksum === undefined ? new Map() : new Map([[CHECKSUM, utf8(checksum)]]),
  })
}

async function checksumOf({ type, linkname, content }: TreeEntry): Promise<string | undefined> {
  if (type !== 'file' && type !== 'symlink') return undefined
  const hash = createHash('sha1')
  if (type === 'symlink') hash.update(linkname)
  else for await (const chunk of readContent(content)) hash.update(chunk)
  return hash.digest('hex')
}
