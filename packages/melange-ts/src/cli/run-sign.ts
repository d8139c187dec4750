import type { CommandContext } from '@apkts/diagnostics/cli'
import { readPrivateKeyFile } from '@apkts/keyring'
import pLimit from 'p-limit'
import { signPackageFile } from '../index-repo/index.ts'

const PARALLEL = 4

export async function run({ args, options, log }: CommandContext): Promise<undefined> {
  const key = await readPrivateKeyFile(options.string('signing-key'))
  const limit = pLimit(PARALLEL)
  await Promise.all(args.map((file) => limit(() => signPackageFile(file, key))))
  log.info(`signed ${args.length} package(s) for ${key.name}`)
}
