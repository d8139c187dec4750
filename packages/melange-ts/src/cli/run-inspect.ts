import type { CommandContext } from '@apkts/diagnostics/cli'
import { openRepositories } from '@apkts/repository'
import { inspect } from '../inspect/inspect.ts'
import { inspectionText } from '../inspect/text.ts'

export async function run({ args, options, log, signal, env, print }: CommandContext): Promise<undefined> {
  const client = openRepositories({ keys: new Map(), log, signal, env })
  try {
    for (const [i, file] of args.entries()) {
      const inspection = await inspect(file, client)
      if (options.flag('json')) print(`${JSON.stringify(inspection, null, 2)}\n`)
      else print(`${i === 0 ? '' : '\n'}${inspectionText(inspection)}`)
    }
  } finally {
    await client.close()
  }
}
