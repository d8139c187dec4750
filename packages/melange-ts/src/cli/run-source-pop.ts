import type { CommandContext } from '@apkts/diagnostics/cli'
import { loadRecipe } from '../recipe/load.ts'
import { popSource } from '../source/pop.ts'

export async function run({ args, options, log, signal, print }: CommandContext): Promise<undefined> {
  const recipe = await loadRecipe(args[0]!, { log })
  const places = { output: options.string('output'), sourceDir: options.string('source-dir') }
  for (const name of await popSource(recipe, places, { log, signal })) print(`${name}\n`)
}
