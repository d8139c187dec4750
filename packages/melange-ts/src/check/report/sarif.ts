import { compareBytes } from '@apkts/encoding'
import { type SarifResult, sarifLog } from '../../sarif/sarif.ts'
import type { CheckedFile, Finding } from '../finding.ts'
import type { ReportOptions } from './index.ts'

/** A log for code scanning services: each code that was found is a rule. */
export function sarifReport(files: readonly CheckedFile[], { version }: Pick<ReportOptions, 'version'>): string {
  const findings = files.flatMap((file) => file.findings)
  const codes = [...new Set(findings.map(({ code }) => code))].sort(compareBytes)
  return sarifLog({
    name: 'melange-ts',
    version,
    rules: codes.map((id) => ({ id })),
    files: files.map(({ file }) => file),
    results: findings.map(sarifResult),
  })
}

function sarifResult({ level, code, message, at, hint }: Finding): SarifResult {
  return { rule: code, level, message: hint === undefined ? message : `${message}\n${hint}`, ...at }
}
