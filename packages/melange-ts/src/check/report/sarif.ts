import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Location } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import type { CheckedFile, Finding } from '../finding.ts'
import type { ReportOptions } from './index.ts'

/** A log in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), for code-scanning services. */
export function sarifReport(files: readonly CheckedFile[], { version }: Pick<ReportOptions, 'version'>): string {
  const findings = files.flatMap((file) => file.findings)
  const rules = [...new Set(findings.map(({ code }) => code))].sort(compareBytes)
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'melange-ts', version, rules: rules.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ file }) => ({ location: { uri: uriOf(file) } })),
        results: findings.map((finding) => result(finding, rules)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function result({ level, code, message, at, hint }: Finding, rules: readonly string[]) {
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(at.file) }, ...region(at) } }],
  }
}

function region({ line, column }: Location) {
  if (line === undefined) return {}
  return { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } }
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/')
}
