import { DiagnosticError } from '@apkts/diagnostics'

export type LintErrorCode = 'UNKNOWN_LINTER' | 'LINT_FAILED'

export class LintError extends DiagnosticError<LintErrorCode> {
  override readonly name = 'LintError'
}
