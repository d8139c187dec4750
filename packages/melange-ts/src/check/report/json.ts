import type { CheckedFile } from '../finding.ts'
import { count } from './counts.ts'

/** One document: the files with their findings, and how many there are. */
export function jsonReport(files: readonly CheckedFile[]): string {
  const document = { errors: count(files, 'error'), warnings: count(files, 'warning'), files }
  return `${JSON.stringify(document, null, 2)}\n`
}
