import { hostArch, parseArch } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import type { Rootfs } from '@apkts/rootfs'
import { composeArch } from '../build/compose.ts'
import { missingFiles, warnOfMissing } from '../build/facts.ts'
import { planRootfs } from '../build/plan-rootfs.ts'
import { buildDates } from '../image/dates.ts'
import { loadConfig, readAdditions, type SessionFlags, withSession } from './inputs.ts'
import { repaired } from './repairs.ts'

/** Composes the root file system of `--build-arch` and hands it to `write`. */
export async function composeFor(
  context: CommandContext,
  flags: SessionFlags,
  write: (rootfs: Rootfs) => Promise<void>,
): Promise<void> {
  const { options, log } = context
  const dates = buildDates(options.string('build-date'), context.env)
  const { config, locate } = await loadConfig(context.args[0] ?? '', log)
  const arch = parseArch(options.string('build-arch') || hostArch(process.arch))
  const added = readAdditions(options, { packages: true })
  await withSession(context, flags, async (session) => {
    const planned = await planRootfs({ config, locate, arch, added, session })
    const plan = repaired([planned], context)[0]!
    const composed = await composeArch(plan, { dates, session })
    warnOfMissing(missingFiles(composed.rootfs), plan.arch, session)
    await write(composed.rootfs)
  })
}
