import type { Log } from '@apkts/diagnostics'
import { detectLicenses, licenseDifferences } from '../license/index.ts'
import type { Copyright } from '../recipe/types.ts'
import { readLicenseFile } from './license-files.ts'

/**
 * Compares the licence files in a workspace with what the recipe says and warns of differences.
 * @throws BuildError `LICENSE_FILE` when a file that the recipe names cannot be read.
 */
export async function checkLicenses(workspace: string, copyright: readonly Copyright[], log: Log): Promise<void> {
  const named = copyright.map(({ licensePath }) => licensePath).filter((path) => path !== '')
  for (const path of named) await readLicenseFile(workspace, path)
  const detections = await detectLicenses(workspace, { scan: 'shallow', named })
  for (const difference of licenseDifferences(detections, copyright)) log.warn(`licence: ${difference}`)
}
