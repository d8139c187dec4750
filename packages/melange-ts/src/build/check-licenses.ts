import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@apkts/diagnostics'
import { findLicenseFiles, identifyLicense, licenseDifferences } from '../license/index.ts'
import type { Copyright } from '../recipe/types.ts'
import { readLicenseFile } from './license-files.ts'

/** Longer files are no plain licence texts. */
const MAX_TEXT = 256 * 1024

/**
 * Compares the licence files in a workspace with what the recipe says and warns of differences.
 * @throws BuildError `LICENSE_FILE` when a file that the recipe names cannot be read.
 */
export async function checkLicenses(workspace: string, copyright: readonly Copyright[], log: Log): Promise<void> {
  const named = copyright.map(({ licensePath }) => licensePath).filter((path) => path !== '')
  for (const path of named) await readLicenseFile(workspace, path)
  const paths = [...new Set([...(await findLicenseFiles(workspace)), ...named])]
  const detections = await Promise.all(
    paths.map(async (path) => ({ path, license: identifyLicense(await readStart(join(workspace, path))) })),
  )
  for (const difference of licenseDifferences(detections, copyright)) log.warn(`licence: ${difference}`)
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
