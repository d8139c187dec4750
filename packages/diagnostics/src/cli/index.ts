export { completionCommands } from './completion-command.ts'
export { createLog, type LogOptions } from './create-log.ts'
export { splitCsv } from './csv.ts'
export { COMMON_ENVIRONMENT } from './environment.ts'
export { UsageError, type UsageErrorCode } from './error.ts'
export { GLOBAL_OPTIONS, parseLogLevel } from './globals.ts'
export { commandHelp, programHelp } from './help.ts'
export { createLiveLine, formatBytes, type LiveLine } from './live-line.ts'
export { main } from './main.ts'
export { type ParsedArguments, parseOptions } from './options.ts'
export { runProgram } from './run-program.ts'
export { STATUSES } from './signals.ts'
export type {
  CommandContext,
  CommandModule,
  CommandSpec,
  EnvironmentSpec,
  OptionSpec,
  OptionType,
  OptionValues,
  ProgramSpec,
  StatusSpec,
} from './spec.ts'
export { type VersionFacts, versionCommand } from './version-command.ts'
