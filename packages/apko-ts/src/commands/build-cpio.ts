import type { CommandContext } from '@apkts/diagnostics/cli'
import { writeCpioFile } from '../output/cpio-file.ts'
import { composeFor } from './rootfs.ts'

export async function run(context: CommandContext): Promise<number> {
  const [, output = ''] = context.args
  await composeFor(context, { limits: true }, (rootfs) => writeCpioFile(output, rootfs))
  context.log.info(`built ${output}`)
  return 0
}
