import {
  bashCompletion,
  type CompletionFacts,
  fishCompletion,
  powershellCompletion,
  zshCompletion,
} from './completion.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import type { CommandSpec, OptionSpec } from './spec.ts'

const SHELLS = {
  bash: { script: bashCompletion, load: (program: string) => `source <(${program} completion bash)` },
  zsh: { script: zshCompletion, load: (program: string) => `${program} completion zsh > "\${fpath[1]}/_${program}"` },
  fish: { script: fishCompletion, load: (program: string) => `${program} completion fish | source` },
  powershell: {
    script: powershellCompletion,
    load: (program: string) => `${program} completion powershell | Out-String | Invoke-Expression`,
  },
} as const

const NO_DESCRIPTIONS: OptionSpec = { name: 'no-descriptions', type: 'bool', description: 'leave descriptions out' }

/** The `completion SHELL` commands of a program; `commands` is asked when one runs, so it may contain them. */
export function completionCommands(program: string, commands: () => readonly CommandSpec[]): CommandSpec[] {
  return Object.entries(SHELLS).map(([shell, { script, load }]) => ({
    name: `completion ${shell}`,
    usage: '',
    summary: `Print a script that completes commands and flags in ${shell}.`,
    examples: [load(program), `${program} completion ${shell} --no-descriptions`],
    args: { min: 0, max: 0 },
    options: [NO_DESCRIPTIONS],
    load: async () => ({
      run: async ({ options, print }) => {
        print(script(factsOf(program, commands(), !options.flag('no-descriptions'))))
        return 0
      },
    }),
  }))
}

function factsOf(program: string, commands: readonly CommandSpec[], describe: boolean): CompletionFacts {
  const shown = commands.filter((command) => !command.hidden)
  return {
    program,
    describe,
    commands: shown.map(({ name, summary, options }) => ({
      words: name.split(' '),
      summary,
      flags: [...options, ...GLOBAL_OPTIONS].filter((option) => !option.hidden),
    })),
  }
}
