import type { CommandContext } from '@apkts/diagnostics/cli'
import { loadRecipe } from '../recipe/load.ts'
import { getSource } from '../source/get.ts'

export async function run({ args, options, log, signal, print }: CommandContext): Promise<undefined> {
  const recipe = await loadRecipe(args[0]!, { log })
  const places = { output: options.string('output'), sourceDir: options.string('source-dir') }
  print(`${await getSource(recipe, places, { log, signal })}\n`)
}
