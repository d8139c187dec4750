import { open } from 'node:fs/promises'
import { installedSize, type Ownership, writeDataSection } from '../emit/index.ts'
import type { PackageTree } from '../tree/index.ts'

const ROOT: Ownership = {
  buildUid: 0,
  buildGid: 0,
  users: new Map([[0, 'root']]),
  groups: new Map([[0, 'root']]),
}

/** Writes a data section to a file of its own. `buildDate`, in seconds, is the time of every entry. */
export async function writeDataFile(
  tree: PackageTree,
  file: string,
  buildDate: number,
): Promise<{ dataHash: string; installedSize: number }> {
  const target = await open(file, 'w')
  try {
    const write = async (chunk: Uint8Array): Promise<void> => void (await target.writeFile(chunk))
    const dataHash = await writeDataSection(tree, write, { ownership: ROOT, mtime: buildDate })
    return { dataHash, installedSize: installedSize(tree) }
  } finally {
    await target.close()
  }
}
