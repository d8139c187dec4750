import type { CommandContext } from '@apkts/diagnostics/cli'
import { generateKeyPair, writeKeyPair } from '@apkts/keyring'

export async function run({ args, options, log }: CommandContext): Promise<undefined> {
  const path = args[0] ?? 'melange.rsa'
  const pair = await generateKeyPair({ bits: options.int('key-size') })
  await writeKeyPair(path, pair, { force: options.flag('force') })
  log.info(`wrote ${path} (keep it secret) and ${path}.pub`)
}
