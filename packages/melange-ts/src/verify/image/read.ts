import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { readTar } from '@apkts/archive'
import { type BlobFacts, readBlob } from './blob.ts'
import type { ImageFiles } from './check.ts'

const CHUNK = 1 << 20

/** Files of a docker archive, or of an OCI layout in a tar, read once as a stream. */
export async function readImageArchive(source: AsyncIterable<Uint8Array>): Promise<ImageFiles> {
  const files = new Map<string, BlobFacts>()
  const links: { path: string; target: string }[] = []
  for await (const { header, content } of readTar(source)) {
    const path = header.path.replace(/^(\.?\/)+/, '')
    if (header.type === 'file') files.set(path, await readBlob(content))
    if (header.type === 'symlink') links.push({ path, target: join(path, '..', header.linkname) })
    if (header.type === 'hardlink') links.push({ path, target: header.linkname })
  }
  for (const { path, target } of links) {
    const facts = files.get(target)
    if (facts !== undefined) files.set(path, facts)
  }
  return files
}

/** Files of an OCI image layout in a directory; what is not a plain file is left out. */
export async function readImageLayout(directory: string): Promise<ImageFiles> {
  const files = new Map<string, BlobFacts>()
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(directory, path).split(sep).join('/')
    files.set(name, await readBlob(createReadStream(path, { highWaterMark: CHUNK })))
  }
  return files
}
