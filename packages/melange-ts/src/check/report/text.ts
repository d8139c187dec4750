import { DiagnosticError, renderError } from '@apkts/diagnostics'
import type { CheckedFile, Finding } from '../finding.ts'
import { summary } from './counts.ts'
import type { ReportOptions } from './index.ts'

/** Every finding with its code frame, then one line that counts them. */
export function textReport(files: readonly CheckedFile[], { color }: Pick<ReportOptions, 'color'>): string {
  const found = files.flatMap(({ findings }) => findings.map((finding) => `${findingText(finding, color)}\n`))
  return `${found.join('')}${summary(files)}\n`
}

function findingText({ level, code, message, ...details }: Finding, color: boolean): string {
  return renderError(new DiagnosticError(code, message, details), { color, level })
}
