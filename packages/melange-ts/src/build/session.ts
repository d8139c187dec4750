import { parseArch } from '@apkts/config'
import type { GuestPlan } from 'apko-ts'
import type { Capabilities } from '../recipe/types.ts'
import type { Deadline } from './deadline.ts'
import { writeGuest } from './guest.ts'
import { describeGuest } from './guest-environment.ts'
import type { RecipeOptions, RunOptions } from './options.ts'
import type { Scratch } from './scratch.ts'
import type { StepContext } from './steps.ts'

export interface GuestUse {
  readonly plan: GuestPlan
  /** Package the steps belong to. */
  readonly packageName: string
  readonly capabilities: Capabilities
  readonly environment: Readonly<Record<string, string>>
  /** Directory of sources. */
  readonly cacheDir: string
  readonly networking: boolean
}

/** Rebuilds the linker's cache: packages bring libraries that the composed file system has not seen. */
const START = ['/bin/sh', '-c', '[ -x /sbin/ldconfig ] && /sbin/ldconfig /lib || true']

/** Writes a guest to disk and gets it ready to run steps. */
export async function startGuest(
  use: GuestUse,
  {
    scratch,
    deadline,
    options,
  }: { scratch: Scratch; deadline: Deadline; options: RunOptions & Pick<RecipeOptions, 'arch'> },
): Promise<StepContext> {
  const { plan } = use
  const { packages } = plan.config.contents
  const root = await writeGuest(plan.rootfs, { packages, scratch, options, signal: deadline.signal })
  deadline.check()
  const guest = await describeGuest({
    ...root,
    workspace: scratch.workspace,
    cacheDir: use.cacheDir,
    networking: use.networking,
    accounts: plan.config.accounts,
    capabilities: use.capabilities,
    environment: use.environment,
    platform: `linux/${parseArch(options.arch)}`,
  })
  scratch.atEnd(() => options.runner.stop(guest))
  await options.runner.run(guest, { argv: START, signal: deadline.signal })
  deadline.check()
  return {
    runner: options.runner,
    guest,
    workspace: scratch.workspace,
    packageName: use.packageName,
    log: options.log,
    stepLog: scratch.stepLog,
    secrets: options.secrets,
    signal: deadline.signal,
    interruption: deadline.interruption,
    trace: options.trace,
    interactive: options.interactive,
    terminal: options.env.TERM,
  }
}
