import { createGzipWriter } from '@apkts/archive'
import { writeAtomically } from '@apkts/registry'
import { cpioArchive, type Rootfs } from '@apkts/rootfs'

/** Writes a root filesystem as a newc archive, compressed when the name ends in `.gz`, whole or not at all. */
export function writeCpioFile(path: string, { tree }: Rootfs): Promise<void> {
  return writeAtomically(path, async (file) => {
    if (!path.endsWith('.gz')) {
      for await (const chunk of cpioArchive(tree)) await file.writeFile(chunk)
      return
    }
    const gzip = createGzipWriter((chunk) => file.writeFile(chunk))
    for await (const chunk of cpioArchive(tree)) await gzip.write(chunk)
    await gzip.end()
  })
}
