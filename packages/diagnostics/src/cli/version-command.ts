import type { CommandSpec } from './spec.ts'

/** What the `version` command says. */
export interface VersionFacts {
  readonly program: string
  readonly version: string
  /** One line under the name. */
  readonly summary: string
}

/** The `version [--json]` command that both programs have. */
export function versionCommand({ program, version, summary }: VersionFacts): CommandSpec {
  return {
    name: 'version',
    usage: '',
    summary: 'Print the version of the program and of what it runs on.',
    examples: [`${program} version`, `${program} version --json`],
    args: { min: 0, max: Number.POSITIVE_INFINITY },
    options: [{ name: 'json', type: 'bool', description: 'print one JSON object' }],
    load: async () => ({
      run: async ({ options, print }) => {
        const facts = {
          gitVersion: version,
          nodeVersion: process.version,
          compiler: 'esbuild',
          platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
        }
        print(options.flag('json') ? `${JSON.stringify(facts, null, 2)}\n` : `${text(program, summary, facts)}\n`)
        return 0
      },
    }),
  }
}

function text(program: string, summary: string, facts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(facts).map(([key, value]) => {
    const label = `${key[0]!.toUpperCase()}${key.slice(1)}:`
    return `${label.padEnd(14)} ${value}`
  })
  return `${program}: ${summary}\n\n${rows.join('\n')}\n`
}
