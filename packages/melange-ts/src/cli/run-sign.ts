import { dirname } from 'node:path'
import { removeAbandoned } from '@apkts/cache'
import type { CommandContext } from '@apkts/diagnostics/cli'
import pLimit from 'p-limit'
import { readSigningKeys, signPackageFile } from '../index-repo/index.ts'

const PARALLEL = 4

export async function run({ args, options, log, env }: CommandContext): Promise<undefined> {
  const keys = await readSigningKeys(options.list('signing-key'), env)
  for (const directory of new Set(args.map((file) => dirname(file)))) await removeAbandoned(directory)
  const limit = pLimit(PARALLEL)
  await Promise.all(args.map((file) => limit(() => signPackageFile(file, keys))))
  log.info(`signed ${args.length} package(s) for ${keys.map(({ name }) => name).join(', ')}`)
}
