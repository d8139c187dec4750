import type { CheckedFile } from '../finding.ts'
import { githubReport } from './github.ts'
import { jsonReport } from './json.ts'
import { sarifReport } from './sarif.ts'
import { textReport } from './text.ts'

export interface ReportOptions {
  readonly color: boolean
  /** Of the program. */
  readonly version: string
}

export type Report = (files: readonly CheckedFile[], options: ReportOptions) => string

/** The forms in which findings can be printed. */
export const REPORTS: Readonly<Record<string, Report>> = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  github: githubReport,
}
