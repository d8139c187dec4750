import { anchor, code, prose, table } from './markdown.mjs'

const KINDS = { bool: 'yes or no', string: 'text', list: 'list', int: 'number', duration: 'duration' }

/** Every command of a program: what `--help` shows, and what is accepted without being shown. */
export function programPage(program, { globalOptions, statuses }) {
  const commands = program.commands.filter(({ hidden }) => !hidden)
  const hidden = program.commands.filter((command) => command.hidden)
  return [
    `# ${program.name}`,
    '',
    `<!-- Written by \`npm run reference\` from packages/${program.name}/src/cli. -->`,
    '',
    `${program.name} ${prose(program.summary)}. This is what \`${program.name} COMMAND --help\` shows, on one page.`,
    '',
    'Flags and arguments come in any order: `--name value`, `--name=value`, `-n value`; `--` ends the flags. A flag of the kind *list* may',
    'be given several times, or once with commas. One of the kind *yes or no* is switched off by `--name=false`. Durations are written',
    'like `1h30m`.',
    '',
    ...table(
      ['command', ''],
      commands.map(({ name, summary }) => [`[${code(name)}](#${anchor(name)})`, prose(summary)]),
    ),
    ...commands.flatMap((command) => commandSection(program, command)),
    ...(hidden.length === 0 ? [] : ['## Commands that help does not list', '', ...hidden.flatMap(hiddenCommand)]),
    '## Flags of every command',
    '',
    ...flagTable(globalOptions),
    '## Environment',
    '',
    ...table(
      ['variable', ''],
      program.environment.map(({ names, description }) => [names.split(', ').map(code).join(', '), prose(description)]),
    ),
    '## Exit status',
    '',
    ...statusTable(statuses),
    'Commands with meanings of their own list them above.',
    '',
  ].join('\n')
}

function commandSection(program, { name, usage, summary, details, examples, options, statuses }) {
  const call = [program.name, name, usage, '[FLAGS]'].filter((part) => part !== '').join(' ')
  return [
    `## ${name}`,
    '',
    prose(summary),
    '',
    '```text',
    call,
    '```',
    '',
    ...(details === undefined ? [] : [detailText(details), '']),
    '```sh',
    ...examples,
    '```',
    '',
    ...flagTable(options),
    ...(statuses === undefined ? [] : statusTable(statuses)),
  ]
}

function hiddenCommand({ name, summary }) {
  return [`- ${code(name)}: ${prose(summary)}`, '']
}

/** Lines that show what to write, which begin with #, are code. */
function detailText(details) {
  return details
    .trim()
    .split('\n')
    .map((line) => (line.startsWith('#') ? code(line) : prose(line)))
    .join('\n')
}

function flagTable(options) {
  const shown = options.filter(({ hidden }) => !hidden)
  const others = options.filter(({ hidden }) => hidden)
  const rows = shown.map((option) => [
    flagText(option),
    KINDS[option.type],
    defaultText(option),
    prose(option.description),
  ])
  return [
    ...(rows.length === 0 ? [] : table(['flag', 'kind', 'default', ''], rows)),
    ...(others.length === 0 ? [] : [`Accepted, but not shown by help: ${others.map(otherText).join('; ')}.`, '']),
  ]
}

function flagText({ name, short, type, value }) {
  const long = code(type === 'bool' ? `--${name}` : `--${name} ${value ?? 'VALUE'}`)
  return short === undefined ? long : `${code(`-${short}`)}, ${long}`
}

function defaultText({ default: value = '', type }) {
  if (type === 'bool') return value === 'true' ? 'yes' : 'no'
  return value === '' ? '' : value.split(',').map(code).join(', ')
}

function otherText(option) {
  return `${flagText(option)} (${prose(option.description)})`
}

function statusTable(statuses) {
  return table(
    ['exit status', ''],
    statuses.map(([status, meaning]) => [String(status), prose(meaning)]),
  )
}
