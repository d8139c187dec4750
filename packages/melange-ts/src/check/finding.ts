import { DiagnosticError, DiagnosticErrors, type Location } from '@apkts/diagnostics'

export type Level = 'error' | 'warning'

/** One thing that is wrong with a recipe, or looks as if it were; plain data. */
export interface Finding {
  readonly level: Level
  readonly code: string
  readonly message: string
  readonly at: Location
  readonly notes: readonly string[]
  readonly hint?: string | undefined
}

/** What was found in one recipe, in the order of the text. */
export interface CheckedFile {
  readonly file: string
  readonly findings: readonly Finding[]
}

/** The problems that were thrown, one finding each. Anything that is not about the recipe is thrown on. */
export function findingsOf(error: unknown, file: string): Finding[] {
  if (error instanceof DiagnosticErrors) return error.problems.flatMap((problem) => findingsOf(problem, file))
  if (!(error instanceof DiagnosticError)) throw error
  const { code, message, notes, hint } = error
  return [{ level: 'error', code, message, at: error.at ?? { file }, notes, ...(hint !== undefined && { hint }) }]
}

/** Without repetitions, by place: file of the recipe first, then line and column. */
export function inTextOrder(findings: readonly Finding[], file: string): Finding[] {
  const distinct = [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
  return distinct.sort(
    (a, b) =>
      Number(a.at.file !== file) - Number(b.at.file !== file) ||
      (a.at.line ?? 0) - (b.at.line ?? 0) ||
      (a.at.column ?? 0) - (b.at.column ?? 0),
  )
}
