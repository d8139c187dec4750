import type { LogLevel } from '../log.ts'
import { UsageError } from './error.ts'
import type { OptionSpec } from './spec.ts'

/** Flags that every command of both programs accepts, before or after the command's name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'log-level',
    type: 'string',
    default: 'INFO',
    description: 'least important messages to show',
    value: 'LEVEL',
  },
  {
    name: 'log-format',
    type: 'string',
    default: 'text',
    description: 'text or json, on standard error',
    value: 'FORMAT',
  },
  { name: 'quiet', short: 'q', type: 'bool', description: 'show only warnings and errors' },
  { name: 'debug', type: 'bool', description: 'show the causes of an error; trace the steps of a build' },
  { name: 'workdir', short: 'C', type: 'string', description: 'change to this directory first', value: 'DIR' },
  // The name that melange gives it.
  { name: 'gcplog', type: 'bool', description: 'the same as --log-format json', hidden: true },
  { name: 'help', short: 'h', type: 'bool', description: 'show this help' },
]

const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: -4, info: 0, warn: 4, error: 8 }

/**
 * Reads a log level: `debug`, `info`, `warn` or `error` in any case, with an optional offset (`info+2`) as Go's slog
 * has it. Returns the least level that is shown.
 */
export function parseLogLevel(text: string): LogLevel {
  const match = /^(debug|info|warn|error)([+-]\d+)?$/i.exec(text)
  if (match === null) {
    throw new UsageError('LOG_LEVEL', `--log-level wants debug, info, warn or error, found ${JSON.stringify(text)}`)
  }
  const rank = LEVEL_RANK[match[1]!.toLowerCase() as LogLevel] + Number(match[2] ?? 0)
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
  return levels.find((level) => LEVEL_RANK[level] >= rank) ?? 'error'
}
