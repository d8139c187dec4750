import type { CommandContext } from '@apkts/diagnostics/cli'
import { loadRecipe } from '../recipe/load.ts'
import { fullVersion } from '../recipe/variables.ts'

export async function run({ args, log, print }: CommandContext): Promise<undefined> {
  const recipe = await loadRecipe(args[0]!, { log })
  print(`${recipe.package.name}-${fullVersion(recipe.package)}`)
}
