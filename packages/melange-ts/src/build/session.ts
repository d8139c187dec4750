import { join } from 'node:path'
import { parseArch } from '@apkts/config'
import type { GuestPlan } from 'apko-ts'
import type { Capabilities, Resources } from '../recipe/types.ts'
import type { Deadline } from './deadline.ts'
import { type GuestRoot, LINK_LIBRARIES } from './guest.ts'
import { LAYERS, type LayeredPodOptions, openLayeredPod } from './layered-pod.ts'
import type { RecipeOptions, RunOptions } from './options.ts'
import { openPod, type Pod, type PodOptions } from './pod.ts'
import type { Scratch } from './scratch.ts'
import type { StepContext } from './steps.ts'

export interface GuestUse {
  readonly plan: GuestPlan
  readonly root: GuestRoot
  /** Package the steps belong to. */
  readonly packageName: string
  readonly capabilities: Capabilities
  readonly environment: Readonly<Record<string, string>>
  /** Directory of sources. */
  readonly cacheDir: string
  readonly networking: boolean
  readonly resources: Resources
  /** Keeps the state after each step; absent where nothing is to be kept. */
  readonly layers?: Pick<LayeredPodOptions, 'snapshots' | 'onSnapshot'> | undefined
}

interface Surroundings {
  readonly scratch: Scratch
  readonly deadline: Deadline
  readonly options: RunOptions & Pick<RecipeOptions, 'arch'>
}

/** Gets a guest ready to run steps. */
export async function startGuest(use: GuestUse, { scratch, deadline, options }: Surroundings): Promise<StepContext> {
  const pod = await choosePod(use, {
    root: use.root,
    directory: join(scratch.directory, use.layers === undefined ? use.packageName : LAYERS),
    options,
    workspace: scratch.workspace,
    cacheDir: use.cacheDir,
    networking: use.networking,
    resources: use.resources,
    accounts: use.plan.config.accounts,
    capabilities: use.capabilities,
    environment: use.environment,
    platform: `linux/${parseArch(options.arch)}`,
  })
  scratch.atEnd(() => pod.close())
  if (!use.root.facts.linked) await options.runner.run(pod.guest, { argv: LINK_LIBRARIES, signal: deadline.signal })
  deadline.check()
  return {
    runner: options.runner,
    pod,
    packageName: use.packageName,
    log: options.log,
    tracer: options.tracer,
    stepLog: scratch.stepLog,
    secrets: options.secrets,
    signal: deadline.signal,
    interruption: deadline.interruption,
    trace: options.trace,
    shellOnFailure: options.shellOnFailure,
    terminal: options.env.TERM,
  }
}

async function choosePod({ layers, root }: GuestUse, options: PodOptions): Promise<Pod> {
  if (layers === undefined || !root.shared) return openPod(options)
  return (await openLayeredPod({ ...options, ...layers })) ?? openPod(options)
}
