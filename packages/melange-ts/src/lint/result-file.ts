import { goJson, type JsonValue } from '@apkts/encoding'
import type { LintResult } from './types.ts'

/** Text of the file with a package's findings; undefined when there are none. `version` includes the release. */
export function lintResultText(name: string, version: string, results: readonly LintResult[]): string | undefined {
  if (results.length === 0) return undefined
  const findings = new Map<string, JsonValue[]>()
  for (const { linter, finding } of results) {
    const stored = { message: finding.message, explain: linter.explain, details: finding.details }
    findings.set(linter.name, [...(findings.get(linter.name) ?? []), stored])
  }
  return goJson({ package_name: `${name}-${version}`, findings }, '  ')
}

/** Name of that file. */
export function lintResultFile(name: string, version: string): string {
  return `lint-${name}-${version}.json`
}
