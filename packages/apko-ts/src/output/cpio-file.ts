import { type ContentRef, createGzipWriter, readContent } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import type { LayerEntry } from '@apkts/oci'
import { writeAtomically } from '@apkts/registry'
import { CPIO_ROOT, CPIO_TRAILER, cpioHeader, cpioPadding } from './cpio.ts'

type Write = (chunk: Uint8Array) => Promise<void>

/** Writes entries as a newc archive, compressed when the name ends in `.gz`, whole or not at all. */
export function writeCpioFile(path: string, entries: Iterable<LayerEntry>): Promise<void> {
  return writeAtomically(path, async (file) => {
    if (!path.endsWith('.gz')) return writeRecords(entries, (chunk) => file.writeFile(chunk))
    const gzip = createGzipWriter((chunk) => file.writeFile(chunk))
    await writeRecords(entries, (chunk) => gzip.write(chunk))
    await gzip.end()
  })
}

async function writeRecords(entries: Iterable<LayerEntry>, write: Write): Promise<void> {
  const all = [...entries]
  const files = all.filter(({ header }) => header.type === 'file')
  const contents = new Map(files.map(({ header, content }) => [header.path, content]))
  await write(CPIO_ROOT)
  for (const entry of all) await writeRecord(entry, write, contents)
  await write(CPIO_TRAILER)
}

async function writeRecord(entry: LayerEntry, write: Write, contents: ReadonlyMap<string, ContentRef>): Promise<void> {
  const { header } = entry
  // A hard link becomes a file of its own: the records' zero inodes cannot express that two names are one file.
  const content = header.type === 'hardlink' ? (contents.get(header.linkname) ?? entry.content) : entry.content
  const data: ContentRef = header.type === 'symlink' ? { kind: 'bytes', bytes: utf8(header.linkname) } : content
  const size = data.kind === 'bytes' ? data.bytes.length : data.size
  await write(cpioHeader(header.type === 'hardlink' ? { ...header, type: 'file', size } : header))
  for await (const chunk of readContent(data)) await write(chunk)
  await write(cpioPadding(size))
}
