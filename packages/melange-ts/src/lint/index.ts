export { DEFAULT_REQUIRED, DEFAULT_WARNING } from './defaults.ts'
export { LintError, type LintErrorCode } from './error.ts'
export {
  checkLinterNames,
  consoleLines,
  type LintReport,
  type LintSelection,
  lintFailure,
  lintPackage,
} from './lint.ts'
export { LINTERS } from './linters.ts'
export { findingPaths, lintJson, lintSarif, type PackageReport } from './report.ts'
export { lintResultFile, lintResultText } from './result-file.ts'
export type { Finding, Linter, LintResult, LintSubject } from './types.ts'
