/** How important a message is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Facts beside a message, by name. */
export type LogFields = Readonly<Record<string, string | number | boolean>>

/** Progress of a running stage; omitted parts keep their last value. */
export interface StageUpdate {
  /** What is being worked on, such as a package name. */
  readonly item?: string
  readonly done?: number
  readonly total?: number
  readonly bytes?: number
}

/** A part of the work that is shown while it runs. */
export interface Stage {
  update(progress: StageUpdate): void
  /** Ends the stage; `summary` is shown beside its duration. */
  end(summary?: string): void
}

/** Where messages for people go. Results never go here: they belong on standard output. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A line printed by a build step; streamed, never swallowed. */
  output(line: string, stream: 'stdout' | 'stderr'): void
  stage(name: string): Stage
  /** The same log with fields added to every message, such as `arch=x86_64`. */
  child(fields: LogFields): Log
}

const silentStage: Stage = { update() {}, end() {} }

/** Discards everything; the default of library functions. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  output() {},
  stage: () => silentStage,
  child: () => silentLog,
}
