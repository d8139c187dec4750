import type { Location } from './location.ts'

/** What an error says beside its code and message. */
export interface DiagnosticDetails {
  /** What to do next, one sentence. */
  readonly hint?: string | undefined
  /** The place the error is about. */
  readonly at?: Location | undefined
  /** Further facts, one line each: the last log lines, candidates, paths. */
  readonly notes?: readonly string[] | undefined
  readonly cause?: unknown
}

/**
 * Base of every error a user can meet. `code` is stable, upper-case and documented; `message` says what was expected
 * and what was found. Plain `Error` is kept for mistakes of the programmer.
 */
export class DiagnosticError<Code extends string = string> extends Error {
  override readonly name: string = 'DiagnosticError'
  readonly hint: string | undefined
  readonly at: Location | undefined
  readonly notes: readonly string[]

  constructor(
    readonly code: Code,
    message: string,
    details: DiagnosticDetails = {},
  ) {
    super(shortened(message), details.cause === undefined ? undefined : { cause: details.cause })
    this.hint = details.hint
    this.at = details.at
    this.notes = details.notes ?? []
  }
}

/** A message quotes what it found; a hostile file must not reach the terminal whole because of that. */
const MAX_MESSAGE = 16_384

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE) return message
  const half = MAX_MESSAGE / 2
  return `${message.slice(0, half)} … (${message.length - MAX_MESSAGE} characters) … ${message.slice(-half)}`
}

/** Several independent problems reported together, for instance all errors of one file or of all architectures. */
export class DiagnosticErrors extends DiagnosticError<'SEVERAL'> {
  override readonly name = 'DiagnosticErrors'

  constructor(readonly problems: readonly DiagnosticError[]) {
    super('SEVERAL', problems.map((problem) => problem.message).join('\n'))
  }
}

/** Throws nothing for no problem, the problem itself for one, and a `DiagnosticErrors` for several. */
export function throwProblems(problems: readonly DiagnosticError[]): void {
  if (problems.length === 1) throw problems[0]!
  if (problems.length > 1) throw new DiagnosticErrors(problems)
}

/** True for a Node system error with that code, such as `ENOENT`. */
export function isSystemError(error: unknown, code?: string): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error && (code === undefined || error.code === code)
}

/** Message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
