import { GLOBAL_OPTIONS } from './globals.ts'
import type { OptionSpec } from './spec.ts'

export interface CompletionFacts {
  readonly program: string
  /** Whether the shell shows descriptions, where it can. */
  readonly describe: boolean
  readonly commands: readonly CompletedCommand[]
}

export interface CompletedCommand {
  /** One word, or two inside a group. */
  readonly words: readonly string[]
  readonly summary: string
  readonly flags: readonly OptionSpec[]
}

/** Flags of every command that take a value: the word behind one of them is no command. */
const VALUED = GLOBAL_OPTIONS.filter(({ type }) => type !== 'bool').flatMap(({ name, short }) => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
])

/** A bash script that completes commands, flags and file names. */
export function bashCompletion({ program, commands }: CompletionFacts): string {
  const name = functionName(program)
  const cases = commands.map(({ words, flags }) => `    '${words.join(' ')}') flags='${flagWords(flags).join(' ')}' ;;`)
  const groups = groupsOf(commands).map(([group, words]) => `    '${group}') words='${words.join(' ')}' ;;`)
  return `# bash completion of ${program}
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" first='' second='' word skip='' flags='' words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      ${VALUED.join('|')}) skip=1 ;;
      -*) ;;
      *) if [ -z "$first" ]; then first="$word"; elif [ -z "$second" ]; then second="$word"; fi ;;
    esac
  done
  case "$first" in
    '') words='${firstWords(commands).join(' ')}' ;;
${groups.join('\n')}
  esac
  case "$first" in
${cases.filter((_, index) => commands[index]!.words.length === 1).join('\n')}
  esac
  case "$first $second" in
${cases.filter((_, index) => commands[index]!.words.length > 1).join('\n')}
  esac
  if [ "\${current#-}" != "$current" ]; then words="$flags"; elif [ -n "$second" ]; then words=''; fi
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}
complete -o default -o bashdefault -F ${name} ${program}
`
}

/** A zsh script; flags and commands carry descriptions. */
export function zshCompletion({ program, describe, commands }: CompletionFacts): string {
  const name = functionName(program)
  const text = (value: string) => (describe ? `:${quoted(value)}` : '')
  const entries = uniqueByFirst(commands).map(({ words, summary }) => `    '${words[0]}${text(summary)}'`)
  const cases = commands.map(
    ({ words, flags }) =>
      `    '${words.join(' ')}') flags=(${flags.map((flag) => `'--${flag.name}${text(flag.description)}'`).join(' ')}) ;;`,
  )
  const groups = groupsOf(commands).map(([group, words]) => `    '${group}') commands=(${words.join(' ')}) ;;`)
  return `#compdef ${program}
${name}() {
  local -a commands flags given
  local word skip
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      (${VALUED.join('|')}) skip=1 ;;
      (-*) ;;
      (*) given+=("$word") ;;
    esac
  done
  commands=(
${entries.join('\n')}
  )
  case "$given[1]" in
${groups.join('\n')}
    ?*) commands=() ;;
  esac
  case "\${(j: :)given[1,2]}" in
${cases.join('\n')}
    *) case "$given[1]" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac ;;
  esac
  if [[ "$words[CURRENT]" == -* ]]; then _describe flag flags
  elif (( $#commands && $#given < 2 )); then _describe command commands
  else _files; fi
}
if [ "$funcstack[1]" = "_${program}" ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`
}

/** A fish script. */
export function fishCompletion({ program, describe, commands }: CompletionFacts): string {
  const name = functionName(program)
  const text = (value: string) => (describe ? ` -d '${fishQuoted(value)}'` : '')
  const lines = uniqueByFirst(commands).map(
    ({ words, summary }) => `complete -c ${program} -f -n ${name}_is -a '${words[0]}'${text(summary)}`,
  )
  for (const [group, words] of groupsOf(commands)) {
    lines.push(`complete -c ${program} -f -n '${name}_is ${group}' -a '${words.join(' ')}'`)
  }
  for (const { words, flags } of commands) {
    const condition = `${name}_in ${words.join(' ')}`
    for (const flag of flags) {
      const short = flag.short === undefined ? '' : ` -s ${flag.short}`
      const value = flag.type === 'bool' ? '' : ' -r'
      lines.push(`complete -c ${program} -n '${condition}' -l ${flag.name}${short}${value}${text(flag.description)}`)
    }
  }
  return `# fish completion of ${program}
${fishFunctions(name)}${lines.join('\n')}
`
}

/** The words of the command line that are neither flags nor values of flags: all of them, or how they begin. */
function fishFunctions(name: string): string {
  return `function ${name}_words
  set -l skip
  for word in (commandline -opc)[2..-1]
    if set -q skip[1]
      set skip
      continue
    end
    switch $word
      case ${VALUED.join(' ')}
        set skip 1
      case '-*'
      case '*'
        echo $word
    end
  end
end
function ${name}_is
  set -l words (${name}_words)
  test "$words" = "$argv"
end
function ${name}_in
  set -l words (${name}_words)
  set -l start $words[1..(count $argv)]
  test "$start" = "$argv"
end
`
}

/** A PowerShell script. */
export function powershellCompletion({ program, describe, commands }: CompletionFacts): string {
  const rows = commands.map(({ words, flags }) => {
    const entries = flags.map((flag) => `'--${flag.name}' = '${describe ? doubled(flag.description) : flag.name}'`)
    return `    '${words.join(' ')}' = @{ ${entries.join('; ')} }`
  })
  return `# PowerShell completion of ${program}
Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
  param($word, $ast, $position)
  $commands = [ordered]@{
${rows.join('\n')}
  }
  $given = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } |
    Where-Object { $_ -notlike '-*' -and $_ -ne $word })
  $name = $given -join ' '
  if ($word -like '-*') {
    foreach ($key in @($name, $given[0])) {
      if ($key -and $commands.Contains($key)) { $found = $commands[$key]; break }
    }
    if ($found) {
      $found.GetEnumerator() | Where-Object { $_.Key -like "$word*" } | Sort-Object Key | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterName', $_.Value)
      }
    }
    return
  }
  $prefix = if ($name) { "$name " } else { '' }
  $commands.Keys | Where-Object { $_ -like "$prefix$word*" } | ForEach-Object { $_.Substring($prefix.Length).Split(' ')[0] } |
    Select-Object -Unique | ForEach-Object {
      [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`
}

function functionName(program: string): string {
  return `_complete_${program.replaceAll('-', '_')}`
}

function flagWords(flags: readonly OptionSpec[]): string[] {
  return flags.map(({ name }) => `--${name}`)
}

function firstWords(commands: readonly CompletedCommand[]): string[] {
  return [...new Set(commands.map(({ words }) => words[0] ?? ''))]
}

function uniqueByFirst(commands: readonly CompletedCommand[]): CompletedCommand[] {
  return [...new Map(commands.map((command) => [command.words[0], command] as const).reverse()).values()].reverse()
}

function groupsOf(commands: readonly CompletedCommand[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const { words } of commands) {
    const [group, member] = words
    if (group === undefined || member === undefined) continue
    groups.set(group, [...(groups.get(group) ?? []), member])
  }
  return [...groups]
}

function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`).replaceAll(':', '\\:')
}

function fishQuoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
}

function doubled(text: string): string {
  return text.replaceAll("'", "''")
}
