import type { CommandContext } from '@apkts/diagnostics/cli'
import { readPrivateKeyFile } from '@apkts/keyring'
import { signIndexFile } from '../index-repo/index.ts'

export async function run({ args, options, log }: CommandContext): Promise<undefined> {
  const file = args[0]!
  const force = options.flag('force')
  const key = await readPrivateKeyFile(options.string('signing-key'))
  const existing = await signIndexFile(file, key, { force })
  if (existing.length > 0 && !force) log.info(`${file} is signed already (${existing.join(', ')}): nothing to do`)
  else log.info(`signed ${file} for ${key.name}`)
}
