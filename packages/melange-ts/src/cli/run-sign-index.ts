import type { CommandContext } from '@apkts/diagnostics/cli'
import { readSigningKeys, signIndexFile } from '../index-repo/index.ts'

export async function run({ args, options, log, env }: CommandContext): Promise<undefined> {
  const file = args[0]!
  const keys = await readSigningKeys(options.list('signing-key'), env)
  const names = keys.map(({ name }) => name).join(', ')
  const existing = options.flag('force') ? 'drop' : options.flag('add') ? 'keep' : 'refuse'
  const written = await signIndexFile(file, keys, { existing })
  log.info(written ? `signed ${file} for ${names}` : `${file} is signed by ${names} already: nothing to do`)
}
