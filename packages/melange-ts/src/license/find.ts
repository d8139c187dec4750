import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compareBytes } from '@apkts/encoding'
import { licenseWeight } from './names.ts'

/** How many levels of directories are looked at: the top one and those in it, or all. */
const DEPTHS = { shallow: 2, deep: 40 } as const
const IGNORED = ['vendor', 'melange-out']

/** Licence files of a source directory, those whose names say so most clearly first; paths are relative. */
export async function findLicenseFiles(directory: string, scan: keyof typeof DEPTHS = 'shallow'): Promise<string[]> {
  const found = await walk(directory, '', DEPTHS[scan])
  const weighed = found.flatMap((path) => {
    const weight = licenseWeight(path)
    return weight === undefined ? [] : [{ path, weight }]
  })
  return weighed.sort((a, b) => b.weight - a.weight).map(({ path }) => path)
}

async function walk(root: string, directory: string, levels: number): Promise<string[]> {
  const entries = await readdir(join(root, directory), { withFileTypes: true })
  const paths: string[] = []
  for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.isFile()) paths.push(path)
    else if (entry.isDirectory() && levels > 1 && !IGNORED.includes(entry.name)) {
      paths.push(...(await walk(root, path, levels - 1)))
    }
  }
  return paths
}
