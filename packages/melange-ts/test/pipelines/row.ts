/** One use of a built-in pipeline in a guest, and everything it is expected to do. */
export interface Row {
  readonly title: string
  readonly uses: string
  readonly with?: Readonly<Record<string, string>>
  /** Subpackage that uses it; the main package `a` when empty. Default `s`. */
  readonly subpackage?: string
  readonly arch?: string
  /** Variables of the guest beyond the usual ones. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * What is there before: path → content, `-> target` for a symbolic link, `directory` for one without entries. Relative
   * paths lie in the workspace; `/root` and `/var/cache` are there, too.
   */
  readonly files?: Readonly<Record<string, string>>
  /** Programs that write down how they were called: name → what they then do, as shell commands, or `-> other`. */
  readonly tools?: Readonly<Record<string, string>>
  /** Directories of the host that the guest gets a copy of: guest path below `/srv` → host path. */
  readonly copies?: Readonly<Record<string, string>>
  /**
   * Every call of a tool: `[directory] VARIABLE=value name words`, the directory unless it is the workspace; `*name` is
   * any call of that tool.
   */
  readonly ran?: readonly string[]
  /** All lines of standard output. */
  readonly prints?: readonly string[]
  /** Lines of standard output, in this order. */
  readonly says?: readonly string[]
  /** A line of standard error. */
  readonly warns?: string
  /** Exit status of the step that failed. */
  readonly fails?: number
  /** Files afterwards: path → content, `-> target`, `directory`, or `absent`. */
  readonly leaves?: Readonly<Record<string, string>>
  /** The same, and nothing else. */
  readonly leavesOnly?: Readonly<Record<string, string>>
  /** Shells in which it runs; default both. */
  readonly shells?: readonly Shell[]
}

export type Shell = 'busybox' | 'bash'
