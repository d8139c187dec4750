/** One compared case; `detail` is the first difference. */
export interface CaseResult {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
  /** Why the case was not run. */
  readonly skipped?: string
}

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface SuiteContext {
  /** Directory with the recorded data. */
  readonly data: string
  /** Only cases whose name contains this text. */
  readonly filter?: string
  /** Runs a built command as a user would. */
  command(
    name: 'apko-ts' | 'melange-ts',
    args: readonly string[],
    options: { cwd: string; env?: Readonly<Record<string, string>> },
  ): Promise<CommandResult>
  /** A fresh directory, removed when the suite is over. */
  temp(): Promise<string>
}

/** A set of cases recorded from the original programs. A suite never reads an expected file to make an actual value. */
export interface Suite {
  readonly name: string
  /** Quick suites run with the tests. */
  readonly quick: boolean
  run(context: SuiteContext): AsyncIterable<CaseResult>
}
