import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Detection } from './check.ts'
import { findLicenseFiles } from './find.ts'
import { identifyLicense } from './identify.ts'

/** Longer files are no plain licence texts. */
const MAX_TEXT = 256 * 1024

export type LicenseScan = 'shallow' | 'deep'

/** The licence files of a source tree, and others that are named, with the licence found in each. */
export async function detectLicenses(
  directory: string,
  { scan, named }: { readonly scan: LicenseScan; readonly named: readonly string[] },
): Promise<Detection[]> {
  const paths = [...new Set([...(await findLicenseFiles(directory, scan)), ...named])]
  return await Promise.all(
    paths.map(async (path) => ({ path, license: identifyLicense(await readStart(join(directory, path))) })),
  )
}

async function readStart(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_TEXT), 0, MAX_TEXT, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
