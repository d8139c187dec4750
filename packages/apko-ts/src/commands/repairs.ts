import type { CommandContext } from '@apkts/diagnostics/cli'
import type { ArchPlan } from '../build/arch-plan.ts'
import { warnOfCredentials, withoutCredentials } from '../image/credentials.ts'

/** The plans with what the command line wants done better than apko does it; warns of credentials that stay. */
export function repaired(plans: readonly ArchPlan[], { options, log }: CommandContext): ArchPlan[] {
  const stripped = options.flag('strip-credentials') ? plans.map(withoutCredentials) : plans
  warnOfCredentials(stripped, log)
  const repairs = {
    ...(options.flag('streamable-links') ? { streamableLinks: true } : {}),
    ...(options.flag('skip-foreign-libraries') ? { skipForeignLibraries: true } : {}),
  }
  return stripped.map((plan) => ({ ...plan, ...repairs }))
}
