import type { Log, LogFields, LogLevel, Stage, StageUpdate } from '../log.ts'
import type { LiveLine } from './live-line.ts'

/** What is logged, how, and where to. */
export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  readonly color: boolean
  /** Receives complete lines without their newline. */
  readonly write: (line: string) => void
  /** The redrawn last line of a terminal; absent when piped. */
  readonly live?: LiveLine | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }
const WORD: Readonly<Record<LogLevel, string>> = { debug: 'DEBU', info: 'INFO', warn: 'WARN', error: 'ERRO' }
const COLOR: Readonly<Record<LogLevel, string>> = { debug: '2', info: '32', warn: '33', error: '31' }

/** A log that writes lines: `YYYY/MM/DD HH:MM:SS LEVL message key=value`, or one JSON object each. */
export function createLog(options: LogOptions, fields: LogFields = {}): Log {
  const say = (level: LogLevel, message: string, extra: LogFields = {}): void => {
    if (RANK[level] < RANK[options.level]) return
    options.write(formatLine(options, level, message, { ...fields, ...extra }))
  }
  return {
    debug: (message, extra) => say('debug', message, extra),
    info: (message, extra) => say('info', message, extra),
    warn: (message, extra) => say('warn', message, extra),
    error: (message, extra) => say('error', message, extra),
    output: (line, stream) => say(stream === 'stderr' ? 'warn' : 'info', line),
    stage: (name) => openStage(options, name, say),
    child: (extra) => createLog(options, { ...fields, ...extra }),
  }
}

function formatLine(options: LogOptions, level: LogLevel, message: string, fields: LogFields): string {
  const time = new Date(options.now())
  if (options.format === 'json') return JSON.stringify({ time: time.toISOString(), level, message, ...fields })
  const word = options.color ? `\x1b[${COLOR[level]}m${WORD[level]}\x1b[0m` : WORD[level]
  const tail = Object.entries(fields).map(([key, value]) => ` ${key}=${quoteField(String(value))}`)
  return `${clock(time)} ${word} ${message}${tail.join('')}`
}

function clock(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

function quoteField(value: string): string {
  return /[\s"=]/.test(value) || value === '' ? JSON.stringify(value) : value
}

function openStage(options: LogOptions, name: string, say: (level: LogLevel, message: string) => void): Stage {
  const started = options.now()
  let current: StageUpdate = {}
  const slot = options.live?.open(name, started)
  return {
    update(progress) {
      current = { ...current, ...progress }
      slot?.update(current)
    },
    end(summary) {
      slot?.close()
      const seconds = ((options.now() - started) / 1000).toFixed(1)
      say('info', `${name}${summary === undefined ? '' : `: ${summary}`} (${seconds}s)`)
    },
  }
}
