import type { CommandContext } from '@apkts/diagnostics/cli'
import { readPrivateKeyFile } from '@apkts/keyring'
import { readPackageRecords, updateIndex } from '../index-repo/index.ts'

export async function run({ args, options, log }: CommandContext): Promise<undefined> {
  const signingKey = options.string('signing-key')
  const key = signingKey === '' ? undefined : await readPrivateKeyFile(signingKey)
  const records = await readPackageRecords(args, { arch: options.string('arch'), log })
  const output = options.string('output')
  await updateIndex({ output, source: options.flag('merge') ? options.string('source') : undefined, records, key })
  log.info(`wrote ${output}`, { packages: records.length, signed: key !== undefined })
}
