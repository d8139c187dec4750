import { silentLog } from '@apkts/diagnostics'
import { parseOptions } from '@apkts/diagnostics/cli'
import { commands } from '../../src/cli/index.ts'

export interface Outcome {
  readonly printed: string
  readonly warnings: readonly string[]
}

/** Runs a command as the program would, and returns what it printed; its errors are thrown. */
export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const [name = '', ...rest] = argv
  const command = commands.find((candidate) => candidate.name === name)
  if (command === undefined) throw new Error(`no command ${name}`)
  const { args, options } = parseOptions(rest, command.options)
  const printed: string[] = []
  const warnings: string[] = []
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message), child: () => log }
  const { run } = await command.load()
  const print = (text: string) => void printed.push(text)
  await run({ args, options, log, signal, env, version: '1.2.3', debug: false, print })
  return { printed: printed.join(''), warnings }
}
