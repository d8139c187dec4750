import type { CommandContext } from '@apkts/diagnostics/cli'
import { queryRecipe } from '../query/query.ts'
import { loadRecipe } from '../recipe/load.ts'

export async function run({ args, log, print }: CommandContext): Promise<undefined> {
  const recipe = await loadRecipe(args[0]!, { log })
  // What was produced before an error stays, as with Go's templates.
  queryRecipe(recipe, args[1]!, print)
}
