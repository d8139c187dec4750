import { tarSegments } from '@apkts/oci'
import { writeAtomically } from '@apkts/registry'
import { type Rootfs, walkTree } from '@apkts/rootfs'

/** Writes a root filesystem as an uncompressed tar, whole or not at all. */
export function writeTarFile(path: string, rootfs: Rootfs): Promise<void> {
  return writeAtomically(path, async (file) => {
    for (const segment of tarSegments(walkTree(rootfs))) await file.writeFile(segment)
  })
}
