import type { CommandContext } from '@apkts/diagnostics/cli'
import { writeTarFile } from '../output/tar.ts'
import { composeFor } from './rootfs.ts'

export async function run(context: CommandContext): Promise<number> {
  const [, output = ''] = context.args
  await composeFor(context, { ignoreSignatures: true, limits: true }, (rootfs) => writeTarFile(output, rootfs))
  context.log.info(`built ${output}`)
  return 0
}
