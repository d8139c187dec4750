import { chdir } from 'node:process'
import { DiagnosticError, messageOf } from '../error.ts'
import { silentLog } from '../log.ts'
import { errorToJson, renderError } from '../render.ts'
import { didYouMean } from '../suggest.ts'
import { createLog } from './create-log.ts'
import { UsageError } from './error.ts'
import { GLOBAL_OPTIONS, parseLogLevel } from './globals.ts'
import { commandHelp, programHelp } from './help.ts'
import { createLiveLine } from './live-line.ts'
import { parseOptions } from './options.ts'
import { EXIT_FAILURE, watchSignals } from './signals.ts'
import type { CommandSpec, OptionValues, ProgramSpec } from './spec.ts'

/**
 * Runs the command line `argv` (without node and script) and returns the exit status: 0 fine, 1 anything wrong, what
 * the command says, or 128 plus the signal's number when interrupted. Never throws for a user's mistake.
 */
export async function runProgram(program: ProgramSpec, argv: readonly string[]): Promise<number> {
  const color = process.stderr.isTTY === true && !process.env.NO_COLOR
  const found = findCommand(program, argv)
  let globals: OptionValues | undefined
  const signals = watchSignals()
  try {
    if (found.command === undefined) return showHelpOrFail(program, found)
    const { args, options } = parseOptions(found.rest, [...found.command.options, ...GLOBAL_OPTIONS])
    globals = options
    if (options.flag('help')) return printHelp(commandHelp(program, found.command))
    return await runCommand(program, found.command, args, options, { color, signal: signals.signal })
  } catch (error) {
    const interrupted = signals.exitStatus()
    if (interrupted !== undefined) return interrupted
    reportError(error, {
      color,
      json: globals !== undefined && logFormat(globals) === 'json',
      debug: wantsCauses(globals, argv),
    })
    return found.command?.failure ?? EXIT_FAILURE
  } finally {
    signals.stop()
  }
}

interface Found {
  readonly command?: CommandSpec
  readonly rest: readonly string[]
  /** First word that is no flag, when no command has that name. */
  readonly word?: string
}

/** Splits off the command's name (one or two words); global flags may stand before it. */
function findCommand(program: ProgramSpec, argv: readonly string[]): Found {
  const at = firstWord(argv)
  const word = argv[at]
  if (word === undefined) return { rest: argv }
  for (const length of [2, 1]) {
    const name = argv.slice(at, at + length).join(' ')
    const command = program.commands.find((candidate) => candidate.name === name)
    if (command !== undefined) return { command, rest: [...argv.slice(0, at), ...argv.slice(at + length)] }
  }
  return { rest: argv, word }
}

function firstWord(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const text = argv[i]!
    if (!text.startsWith('-')) return i
    const takesValue = GLOBAL_OPTIONS.some(
      (option) => option.type !== 'bool' && (text === `--${option.name}` || text === `-${option.short}`),
    )
    if (takesValue) i += 1
  }
  return argv.length
}

function showHelpOrFail(program: ProgramSpec, found: Found): number {
  const word = found.word
  if (word === undefined) {
    if (found.rest.includes('--version')) return printHelp(`${program.version}\n`)
    parseOptions(found.rest, GLOBAL_OPTIONS)
    return printHelp(programHelp(program))
  }
  if (word === 'help') return printHelp(helpFor(program, found.rest.slice(found.rest.indexOf(word) + 1)))
  const group = program.commands.some((command) => command.name.startsWith(`${word} `))
  const member = group
    ? found.rest.find((text, at) => !text.startsWith('-') && at > found.rest.indexOf(word))
    : undefined
  if (member !== undefined) throw unknownMember(program, word, member)
  if (group) return printHelp(programHelp(program, `${word} `))
  const names = program.commands.filter((command) => !command.hidden).map((command) => command.name)
  throw new UsageError('UNKNOWN_COMMAND', `unknown command "${word}" for ${program.name}`, {
    hint: didYouMean(word, names) ?? `${program.name} --help lists the commands`,
  })
}

function unknownMember(program: ProgramSpec, group: string, member: string): UsageError {
  const names = program.commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name)
  return new UsageError('UNKNOWN_COMMAND', `unknown command "${group} ${member}" for ${program.name}`, {
    hint: didYouMean(`${group} ${member}`, names) ?? `known: ${names.join(', ')}`,
  })
}

function helpFor(program: ProgramSpec, words: readonly string[]): string {
  const command = program.commands.find((candidate) => candidate.name === words.join(' '))
  return command === undefined ? programHelp(program) : commandHelp(program, command)
}

function printHelp(text: string): number {
  process.stdout.write(text)
  return 0
}

interface Surroundings {
  readonly color: boolean
  readonly signal: AbortSignal
}

async function runCommand(
  program: ProgramSpec,
  command: CommandSpec,
  args: readonly string[],
  options: OptionValues,
  { color, signal }: Surroundings,
): Promise<number> {
  checkCount(program, command, args)
  changeDirectory(options.string('workdir'))
  const { log, close } = openLog(options, color)
  try {
    const { run } = await command.load()
    const status = await run({
      args,
      options,
      log,
      signal,
      env: process.env,
      version: program.version,
      debug: options.flag('debug'),
      print: (text) => process.stdout.write(text),
    })
    return status ?? 0
  } finally {
    close()
  }
}

function checkCount(program: ProgramSpec, command: CommandSpec, args: readonly string[]): void {
  const { min, max } = command.args
  if (args.length >= min && args.length <= max) return
  const wanted = min === max ? `${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`
  throw new UsageError('ARGUMENT_COUNT', `${command.name} wants ${wanted} argument(s), found ${args.length}`, {
    hint: `usage: ${program.name} ${command.name} ${command.usage}`,
  })
}

function changeDirectory(directory: string): void {
  if (directory === '') return
  try {
    chdir(directory)
  } catch (cause) {
    throw new UsageError('WORKING_DIRECTORY', `cannot change to ${directory}: ${messageOf(cause)}`, { cause })
  }
}

function openLog(options: OptionValues, color: boolean) {
  const format = logFormat(options)
  if (format !== 'text' && format !== 'json') {
    throw new UsageError('FLAG_VALUE', `--log-format wants text or json, found ${JSON.stringify(format)}`)
  }
  const level = options.flag('quiet') ? 'warn' : parseLogLevel(options.string('log-level'))
  const stderr = process.stderr
  const showLive = stderr.isTTY === true && format === 'text' && level !== 'warn' && level !== 'error'
  const terminal = { columns: stderr.columns ?? 80, write: (text: string) => stderr.write(text) }
  const live = showLive ? createLiveLine(terminal, Date.now) : undefined
  const write = live === undefined ? (line: string) => stderr.write(`${line}\n`) : (line: string) => live.print(line)
  const log = stderr.destroyed ? silentLog : createLog({ level, format, color, write, live, now: Date.now })
  return { log, close: () => live?.close() }
}

function logFormat(options: OptionValues): string {
  return options.flag('gcplog') ? 'json' : options.string('log-format')
}

function wantsCauses(options: OptionValues | undefined, argv: readonly string[]): boolean {
  return options?.flag('debug') ?? argv.includes('--debug')
}

function reportError(error: unknown, { color, json, debug }: { color: boolean; json: boolean; debug: boolean }): void {
  if (json) process.stderr.write(`${JSON.stringify({ level: 'error', error: errorToJson(error) })}\n`)
  // An error of no class of ours is a bug here, and then the stack is what its report needs.
  else process.stderr.write(renderError(error, { color, debug: debug || isBug(error) }))
}

function isBug(error: unknown): boolean {
  return !(error instanceof DiagnosticError) && !(error instanceof Error && 'code' in error)
}
