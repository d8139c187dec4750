import type { JsonValue } from '@apkts/encoding'
import { type SarifResult, sarifLog } from '../sarif/sarif.ts'
import { LINTERS } from './linters.ts'
import type { Finding, LintResult } from './types.ts'

/** What linters say of one package. */
export interface PackageReport {
  /** Path or URL as given. */
  readonly file: string
  /** `NAME-VERSION`. */
  readonly package: string
  readonly results: readonly LintResult[]
  readonly failures: readonly LintResult[]
}

/** All findings as one JSON document. */
export function lintJson(reports: readonly PackageReport[]): JsonValue {
  const packages = reports.map(({ file, package: name, results, failures }) => ({
    file,
    package: name,
    findings: results.map((result) => ({
      linter: result.linter.name,
      required: failures.includes(result),
      message: result.finding.message,
      explain: result.linter.explain,
      paths: findingPaths(result.finding),
      details: result.finding.details,
    })),
  }))
  return { packages }
}

/** All findings as a log for code scanning services: failures of required linters are errors. */
export function lintSarif(reports: readonly PackageReport[], version: string): string {
  const found = new Set(reports.flatMap(({ results }) => results.map(({ linter }) => linter.name)))
  const rules = [...LINTERS.values()].filter(({ name }) => found.has(name))
  return sarifLog({
    name: 'melange-ts lint',
    version,
    rules: rules.map(({ name, explain }) => ({ id: name, description: explain })),
    files: reports.map(({ file }) => file),
    results: reports.flatMap((report) => report.results.map((result) => sarifResult(report, result))),
  })
}

function sarifResult({ file, package: name, failures }: PackageReport, result: LintResult): SarifResult {
  const { linter, finding } = result
  return {
    rule: linter.name,
    level: failures.includes(result) ? 'error' : 'warning',
    message: [finding.message, ...(finding.more ?? [])].join('\n'),
    file,
    members: findingPaths(finding),
    fingerprint: `${name} ${linter.name}`,
  }
}

/** Paths in the package that a finding is about. */
export function findingPaths({ details }: Finding): string[] {
  return [...new Set(pathsIn(details))]
}

/** Keys of details under which there are paths, or objects with paths. */
const HOLDERS = ['paths', 'path', 'files', 'binaries', 'references', 'duplicates']

function pathsIn(details: JsonValue | undefined): string[] {
  if (typeof details === 'string') return [details]
  if (Array.isArray(details)) return details.flatMap(pathsIn)
  if (typeof details !== 'object' || details === null) return []
  return Object.entries(details).flatMap(([key, value]) => (HOLDERS.includes(key) ? pathsIn(value) : []))
}
