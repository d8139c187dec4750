import { GLOBAL_OPTIONS } from './globals.ts'
import { STATUSES } from './signals.ts'
import type { CommandSpec, OptionSpec, ProgramSpec, StatusSpec } from './spec.ts'

const VALUE_NAMES: Readonly<Record<OptionSpec['type'], string>> = {
  bool: '',
  string: 'TEXT',
  list: 'LIST',
  int: 'N',
  duration: 'DURATION',
}

/** Help of the program, or of a group when `prefix` is its name. */
export function programHelp(program: ProgramSpec, prefix = ''): string {
  const shown = program.commands.filter((command) => !command.hidden && command.name.startsWith(prefix))
  const rows = shown.map((command): [string, string] => [command.name, command.summary])
  return [
    `${program.name}: ${program.summary}`,
    '',
    `Usage: ${program.name} COMMAND [ARGUMENTS] [FLAGS]`,
    ...section('Commands', columns(rows)),
    ...section(
      'Examples',
      program.examples.map((example) => `  ${example}`),
    ),
    ...section('Flags of every command', columns(optionRows(GLOBAL_OPTIONS))),
    ...section('Environment', columns(program.environment.map(({ names, description }) => [names, description]))),
    ...section('Exit status', statusRows(STATUSES)),
    '',
    `${program.name} COMMAND --help tells more about a command.`,
    '',
  ].join('\n')
}

/** Help of one command. */
export function commandHelp(program: ProgramSpec, command: CommandSpec): string {
  const usage = [program.name, command.name, command.usage, '[FLAGS]'].filter((part) => part !== '').join(' ')
  return [
    command.summary,
    '',
    `Usage: ${usage}`,
    ...(command.details === undefined ? [] : ['', command.details.trim()]),
    ...section(
      'Examples',
      command.examples.map((example) => `  ${example}`),
    ),
    ...section('Flags', columns(optionRows(command.options))),
    ...section('Flags of every command', columns(optionRows(GLOBAL_OPTIONS))),
    ...section('Exit status', statusRows(command.statuses ?? [])),
    '',
  ].join('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines]
}

function optionRows(options: readonly OptionSpec[]): [string, string][] {
  return options
    .filter((option) => !option.hidden)
    .map((option) => [flagText(option), `${option.description}${defaultText(option)}`])
}

function statusRows(statuses: readonly StatusSpec[]): string[] {
  return columns(statuses.map(([status, meaning]) => [String(status), meaning]))
}

function flagText(option: OptionSpec): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  const value = option.value ?? VALUE_NAMES[option.type]
  return `${short}--${option.name}${value === '' ? '' : ` ${value}`}`
}

function defaultText(option: OptionSpec): string {
  const value = option.default ?? ''
  return value === '' || value === 'false' ? '' : ` (default ${value})`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(36, Math.max(0, ...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}
