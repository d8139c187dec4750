import type { JsonValue } from '@apkts/encoding'
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

/** All findings as a log for code scanning services (OASIS SARIF 2.1.0): failures of required linters are errors. */
export function lintSarif(reports: readonly PackageReport[], version: string): JsonValue {
  const found = new Set(reports.flatMap(({ results }) => results.map(({ linter }) => linter.name)))
  const rules = [...LINTERS.values()].filter(({ name }) => found.has(name))
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'melange-ts lint',
            version,
            rules: rules.map(({ name, explain }) => ({ id: name, shortDescription: { text: explain } })),
          },
        },
        results: reports.flatMap((report) => report.results.map((result) => sarifResult(report, result))),
      },
    ],
  }
}

function sarifResult({ file, package: name, failures }: PackageReport, result: LintResult): JsonValue {
  const { linter, finding } = result
  const artifact = { artifactLocation: { uri: encodeURI(file) } }
  const paths = findingPaths(finding)
  const places = paths.map((path) => ({ fullyQualifiedName: path, kind: 'member' }))
  return {
    ruleId: linter.name,
    level: failures.includes(result) ? 'error' : 'warning',
    message: { text: [finding.message, ...(finding.more ?? [])].join('\n') },
    locations: [{ physicalLocation: artifact, ...(places.length === 0 ? {} : { logicalLocations: places }) }],
    partialFingerprints: { 'melange-ts/v1': [name, linter.name].join(' ') },
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
