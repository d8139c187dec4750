import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const fallback = fileURLToPath(new URL('../../../../shared/data', import.meta.url))

/** Folder of the conformance data, which is not part of the project. */
export const conformanceData = process.env.CONFORMANCE_DATA ?? fallback

export const hasConformanceData = existsSync(conformanceData)

export const skipNote = hasConformanceData ? '' : ' (skipped: conformance data not present)'
