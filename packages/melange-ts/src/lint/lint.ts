import { didYouMean, type Log } from '@apkts/diagnostics'
import { LintError } from './error.ts'
import { LINTERS } from './linters.ts'
import type { Finding, Linter, LintResult, LintSubject } from './types.ts'

export interface LintSelection {
  /** Linters that must pass. */
  readonly required: readonly string[]
  readonly warning: readonly string[]
  /** Linters that the recipe demotes to warnings for this package. */
  readonly disabled: readonly string[]
}

export interface LintReport {
  /** Everything found, warnings first. */
  readonly results: readonly LintResult[]
  /** What required linters found. */
  readonly failures: readonly LintResult[]
}

/** Refuses names of linters that do not exist. @throws LintError `UNKNOWN_LINTER` */
export function checkLinterNames(names: readonly string[]): void {
  const unknown = names.find((name) => !LINTERS.has(name))
  if (unknown === undefined) return
  throw new LintError('UNKNOWN_LINTER', `there is no linter ${JSON.stringify(unknown)}`, {
    hint: didYouMean(unknown, LINTERS.keys()) ?? `known are ${[...LINTERS.keys()].sort().join(', ')}`,
  })
}

/** Runs the chosen linters over a package and tells what they find; warnings first, each linter once. */
export function lintPackage(subject: LintSubject, selection: LintSelection, log: Log): LintReport {
  checkLinterNames([...selection.required, ...selection.warning, ...selection.disabled])
  const demoted = selection.required.filter((name) => selection.disabled.includes(name))
  const required = selection.required.filter((name) => !demoted.includes(name))
  const warning = [...selection.warning, ...demoted].filter((name) => !required.includes(name))
  const warnings = run([...new Set(warning)], subject)
  const failures = run(required, subject)
  for (const { linter, finding } of warnings) for (const line of consoleLines(linter, finding)) log.warn(line)
  for (const { linter, finding } of failures) for (const line of consoleLines(linter, finding)) log.error(line)
  return { results: [...warnings, ...failures], failures }
}

function run(names: readonly string[], subject: LintSubject): LintResult[] {
  return names.flatMap((name) => {
    const linter = LINTERS.get(name)!
    const finding = linter.check(subject)
    return finding === undefined ? [] : [{ linter, finding }]
  })
}

/** A finding as console lines: message, explanation, one line per item. */
export function consoleLines(linter: Linter, finding: Finding): string[] {
  return [
    `[${linter.name}] ${finding.message}`,
    ...(finding.more ?? []).map((line) => `  ${line}`),
    `  → ${linter.explain}`,
    ...(finding.items ?? []).map((item) => `    - ${item}`),
  ]
}

/** The error for failed required linters, one line each. */
export function lintFailure(name: string, failures: readonly LintResult[]): LintError {
  const lines = failures.map(({ linter, finding }) => {
    return `linter "${linter.name}" failed: ${[finding.message, ...(finding.more ?? [])].join('\n')}`
  })
  return new LintError('LINT_FAILED', `package ${name} did not pass its linters:\n${lines.join('\n')}`, {
    hint: 'fix the package, or name the linter under checks.disabled in the recipe to make it a warning',
  })
}
