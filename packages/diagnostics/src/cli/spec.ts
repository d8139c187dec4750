import type { Log } from '../log.ts'

/** The kinds of values that flags take. */
export type OptionType = 'bool' | 'string' | 'list' | 'int' | 'duration'

/** One flag of a command; also the row from which help, parsing and shell completion come. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string
  readonly short?: string
  readonly type: OptionType
  /** Text of the default: `true`/`false`, a word, or a comma-separated list. Absent: false, empty. */
  readonly default?: string
  readonly description: string
  /** Name of the value in help; derived from the type when absent. */
  readonly value?: string
  readonly hidden?: boolean
}

/** Environment variables that a program reads. */
export interface EnvironmentSpec {
  /** One name, or several with commas: `HTTP_PROXY, NO_PROXY`. */
  readonly names: string
  readonly description: string
}

/** An exit status and when a command ends with it. */
export type StatusSpec = readonly [status: number, meaning: string]

/** A command: what help shows, what it accepts, and the module that runs it, imported only when it is called. */
export interface CommandSpec {
  /** One word, or two for a command inside a group (`import deb`). */
  readonly name: string
  /** Positional arguments as shown in help: `CONFIG [TAG OUTPUT]`. */
  readonly usage: string
  /** One sentence. */
  readonly summary: string
  /** Further paragraphs of help. */
  readonly details?: string
  /** Complete command lines, at least two for a visible command. */
  readonly examples: readonly string[]
  readonly args: { readonly min: number; readonly max: number }
  readonly options: readonly OptionSpec[]
  readonly hidden?: boolean
  /** Exit statuses with a meaning of their own; absent: those of the program. */
  readonly statuses?: readonly StatusSpec[]
  /** Exit status when it throws; 1 when absent, which a command may want to keep for an answer. */
  readonly failure?: number
  load(): Promise<CommandModule>
}

/** What runs a command. */
export interface CommandModule {
  /** Runs the command; the exit status is what it returns, 0 for nothing, 1 when it throws. */
  run(context: CommandContext): Promise<number | undefined>
}

/** What a command gets from the frame. */
export interface CommandContext {
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly log: Log
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Version of the program. */
  readonly version: string
  readonly debug: boolean
  /** Writes a result to standard output. */
  print(text: string): void
}

/** Values of the flags of a call, defaults filled in. Asking for a flag that the command does not declare is a bug. */
export interface OptionValues {
  flag(name: string): boolean
  string(name: string): string
  list(name: string): readonly string[]
  int(name: string): number
  /** Nanoseconds. */
  duration(name: string): bigint
  /** True when the flag was given on the command line. */
  given(name: string): boolean
}

/** A program: what its help shows, and its commands. */
export interface ProgramSpec {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly examples: readonly string[]
  readonly environment: readonly EnvironmentSpec[]
  readonly commands: readonly CommandSpec[]
}
