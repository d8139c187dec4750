import type { CommandContext } from '@apkts/diagnostics/cli'
import { buildDates } from '../image/dates.ts'
import { type LockRequest, resolveForLock } from '../lock/make.ts'
import { type PlannedImage, planBuild } from '../plan/build-plan.ts'
import { formatPlan, planJson } from '../plan/format.ts'
import { planPackages } from '../plan/packages.ts'
import { type ImagesRequest, planFromFlags } from './images.ts'

/** Prints what `build` or `publish` would do. Needs no tag and no output. */
export async function printBuildPlan(
  context: CommandContext,
  { session, includePaths }: Pick<ImagesRequest, 'session' | 'includePaths'>,
): Promise<void> {
  const { options, args, env } = context
  const dates = buildDates(options.string('build-date'), env)
  const { plans, bases, compression } = await planFromFlags(context, { path: args[0] ?? '', session, includePaths })
  printPlan(context, await planBuild({ plans, dates, session, bases, compression }))
}

/** Prints what locking would download. */
export async function printLockPlan(context: CommandContext, request: LockRequest): Promise<void> {
  const images: PlannedImage[] = []
  for (const arch of request.archs) {
    const locked = await resolveForLock(arch, request)
    images.push({ arch: locked.arch, packages: await planPackages(locked.packages, request.session) })
  }
  printPlan(context, images)
}

function printPlan({ options, print }: CommandContext, images: readonly PlannedImage[]): void {
  print(options.flag('json') ? `${JSON.stringify(planJson(images), null, 2)}\n` : formatPlan(images))
}
