import { writeFileAtomic } from '@apkts/cache'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { recipeSchema } from '../recipe/json-schema.ts'

export async function run({ options, print, log }: CommandContext): Promise<undefined> {
  const output = options.string('output')
  if (output === '') print(recipeSchema())
  else {
    await writeFileAtomic(output, recipeSchema(), { mode: 0o666 })
    log.info(`wrote ${output}`)
  }
}
