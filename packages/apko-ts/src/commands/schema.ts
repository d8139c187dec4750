import { writeFileAtomic } from '@apkts/cache'
import { imageConfigSchema } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'

export async function run({ options, print, log }: CommandContext): Promise<number> {
  const output = options.string('output')
  if (output === '') print(imageConfigSchema())
  else {
    await writeFileAtomic(output, imageConfigSchema(), { mode: 0o666 })
    log.info(`wrote ${output}`)
  }
  return 0
}
