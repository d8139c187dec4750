import { encodeTarHeader, readContent, TAR_END, tarPadding } from '@apkts/archive'
import type { LayerEntry } from '@apkts/oci'
import { writeAtomically } from '@apkts/registry'

/** Writes entries as an uncompressed tar, whole or not at all. */
export function writeTarFile(path: string, entries: Iterable<LayerEntry>): Promise<void> {
  return writeAtomically(path, async (file) => {
    for (const { header, content } of entries) {
      await file.writeFile(encodeTarHeader(header))
      for await (const chunk of readContent(content)) await file.writeFile(chunk)
      await file.writeFile(tarPadding(header.size))
    }
    await file.writeFile(TAR_END)
  })
}
