import { type ImageConfig, type Locate, toApkArch, validateImageConfig } from '@apkts/config'
import { type Additions, runtimeRepositoriesOf, worldOf } from '../environment/additions.ts'
import {
  type ArchFacts,
  type FactsOptions,
  gatherArchFacts,
  solveArch,
  worldOnBase,
} from '../environment/arch-facts.ts'
import type { Resolving } from '../environment/resolver.ts'
import type { Session } from '../environment/session.ts'
import { ApkoError } from '../error.ts'
import { lockedCopy, pinnedWorld, withAdditions } from '../lock/lock-config.ts'
import { checkConsistent } from '../lock/unify.ts'
import type { ArchPlan } from './arch-plan.ts'
import { checkPlannable } from './check.ts'

/** A configuration to be resolved for some architectures. */
export interface PlanRequest extends Resolving {
  /** Leaves out what the build itself puts into every image. */
  readonly bare?: boolean | undefined
  /** As loaded, with the annotations of the command line. */
  readonly config: ImageConfig
  readonly locate?: Locate | undefined
  /** OCI names. */
  readonly archs: readonly string[]
  readonly added: Additions
  readonly session: Session
}

/**
 * Plans the images of a configuration as apko does: all architectures are resolved together, the result is locked, and
 * each locked configuration is resolved again; the second order is the one packages are installed in.
 */
export async function planImages(request: PlanRequest): Promise<ArchPlan[]> {
  const { added, archs } = request
  const config = withAdditions(request.config, added)
  const validated = validateImageConfig(config, request.locate)
  checkPlannable(validated)
  const facts = await gatherAll(validated, archs, request)
  const locked = lockTogether(config, facts, added)
  return locked.map(({ copy, own }) => planLocked(copy, own, added))
}

async function gatherAll(config: ImageConfig, archs: readonly string[], options: FactsOptions): Promise<ArchFacts[]> {
  runtimeRepositoriesOf(config, options.added)
  const stage = options.session.log.stage('read indexes')
  try {
    return await Promise.all(archs.map((arch) => gatherArchFacts(config, arch, options)))
  } finally {
    stage.end()
    options.session.checkpoint()
  }
}

interface LockedArch {
  readonly copy: ImageConfig
  readonly own: ArchFacts
}

function lockTogether(config: ImageConfig, facts: readonly ArchFacts[], added: Additions): LockedArch[] {
  const solved = facts.map((own) => ({ own, packages: solveArch(own, added, facts) }))
  const { packages: world } = config.contents
  if (world.length === 0) throw noPackages()
  checkConsistent(
    world,
    solved.map(({ own, packages }) => ({
      arch: toApkArch(own.arch),
      packages: [...own.basePackages, ...packages.map(({ record }) => record)],
    })),
  )
  return solved.map(({ own, packages }) => ({
    own,
    copy: lockedCopy(config, own.arch, pinnedWorld(world, packages, own.indexes)),
  }))
}

function noPackages(): ApkoError {
  return new ApkoError('NO_IMAGE', 'contents.packages is empty: there is no image to build', {
    hint: 'list at least one package in the configuration; --package-append alone is not enough',
  })
}

function planLocked(copy: ImageConfig, facts: ArchFacts, added: Additions): ArchPlan {
  const config = validateImageConfig(copy)
  const { arch, keys, buildRepositories, basePackages } = facts
  return {
    arch,
    config,
    keys,
    buildRepositories,
    runtimeRepositories: runtimeRepositoriesOf(config, added),
    world: worldOnBase(worldOf(config, added), basePackages),
    packages: solveArch({ ...facts, config }, added),
  }
}
