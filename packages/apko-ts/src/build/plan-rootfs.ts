import { validateImageConfig } from '@apkts/config'
import { runtimeRepositoriesOf, worldOf } from '../environment/additions.ts'
import { gatherArchFacts, solveArch, worldOnBase } from '../environment/arch-facts.ts'
import { ApkoError } from '../error.ts'
import type { ArchPlan } from './arch-plan.ts'
import { checkPlannable, hasLayering } from './check.ts'
import type { PlanRequest } from './plan-images.ts'

/** A configuration to be resolved for one architecture, without an image around it. */
export type RootfsRequest = Omit<PlanRequest, 'archs'> & { readonly arch: string }

/**
 * Plans a single root file system that is no image: resolved once, the configuration not locked, so world and
 * `/etc/apko.json` hold the packages as written.
 */
export async function planRootfs({ config, locate, arch, added, session }: RootfsRequest): Promise<ArchPlan> {
  const validated = validateImageConfig(config, locate)
  checkPlannable(validated)
  if (hasLayering(validated)) {
    throw new ApkoError('LAYERING', 'a root file system has no layers: layering must not be set', {
      at: locate?.(['layering']),
      hint: 'remove layering, or use apko-ts build',
    })
  }
  const runtimeRepositories = runtimeRepositoriesOf(validated, added)
  if (validated.archs.length > 0) session.log.warn(`ignoring archs in the configuration: building ${arch}`)
  const facts = await gatherArchFacts(validated, arch, { added, session, locate })
  const { keys, buildRepositories, basePackages } = facts
  return {
    arch,
    config: validated,
    keys,
    buildRepositories,
    runtimeRepositories,
    world: worldOnBase(worldOf(validated, added), basePackages),
    packages: solveArch(facts, added),
  }
}
