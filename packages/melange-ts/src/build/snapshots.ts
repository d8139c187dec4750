import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { bootId } from '@apkts/cache'
import type { GuestPlan } from 'apko-ts'
import type { CompiledRecipe } from '../compile/types.ts'
import { type BuildRecord, digestOf, writeRecord } from './build-records.ts'
import { BuildError } from './error.ts'
import type { LayeredPodOptions } from './layered-pod.ts'
import type { BuildOptions } from './options.ts'
import { chosenStep, describeStep, type PlannedStep, plannedSteps } from './planned-steps.ts'
import { resumeBuild } from './resume.ts'
import type { Scratch } from './scratch.ts'
import { storeDirectory } from './stores.ts'

/** Which steps a build runs, and what it keeps of them. */
export interface StepPlan {
  readonly steps: readonly PlannedStep[]
  /** Number of the first one that runs. */
  readonly from: number
  /** Absent where no state is kept. */
  readonly layers?: Pick<LayeredPodOptions, 'snapshots' | 'onSnapshot'> | undefined
}

/**
 * The store of builds to go on from; undefined where keeping the state after each step costs more than a layer.
 * @throws BuildError `NO_SNAPSHOT` when the build is to go on from a step all the same: says why it cannot.
 */
export function snapshotStore(options: BuildOptions): string | undefined {
  const store = storeDirectory(options.env, 'builds')
  const reason = reasonAgainst(options, store)
  if (reason === undefined) return store
  if (options.fromStep !== '') {
    throw new BuildError(
      'NO_SNAPSHOT',
      `the state after each step is not kept ${reason}, so --from-step cannot be used`,
      {
        hint: 'build without --from-step',
      },
    )
  }
  options.log.debug(`the state after each step is not kept ${reason}`)
  return undefined
}

function reasonAgainst(options: BuildOptions, store: string | undefined): string | undefined {
  if (!options.snapshots) return 'with --snapshots=false'
  if (options.secrets.length > 0) return 'with --secret, which is to be kept nowhere'
  if (!options.remove) return 'with --rm=false, where the workspace itself is'
  if (options.workspaceDir !== '') return 'with --workspace-dir'
  if (!options.runner.rootOnDisk) return `by the runner ${options.runner.name}`
  if (process.getuid?.() !== 0) return 'for users other than root, whose layers cannot rename directories'
  if (store === undefined) return 'without a cache directory (HOME or XDG_CACHE_HOME)'
  return /[,:\\\n]/.test(store) ? `in ${store}, whose name the kernel cannot mount` : undefined
}

export interface SnapshotRequest {
  readonly recipe: CompiledRecipe
  readonly plan: GuestPlan
  /** Of the guest. */
  readonly environment: Readonly<Record<string, string>>
  readonly scratch: Scratch
  readonly store: string | undefined
  readonly started: Date
  readonly options: BuildOptions
}

/** Decides which steps run, taking over the states of an earlier build where the command line asks for it. */
export async function planSteps(request: SnapshotRequest): Promise<StepPlan> {
  const { recipe, scratch, store, options } = request
  const steps = plannedSteps(recipe)
  const from = options.fromStep === '' ? 1 : chosenStep(steps, options.fromStep)
  if (store === undefined) return { steps, from }
  const record = await recordOf(request, steps)
  const { directory, workspace } = scratch
  const recipeFile = await recipeAmongSources(options, workspace)
  const resume = { store, from, steps, record, directory, workspace, recipeFile }
  const reuse = from === 1 ? undefined : await resumeBuild(resume)
  const onSnapshot = async (snapshots: BuildRecord['snapshots']): Promise<void> => {
    await writeRecord(directory, { ...record, snapshots })
    scratch.preserve()
  }
  if (reuse !== undefined) {
    options.log.info(`going on from step ${from}; reused from the build of ${reuse.started}:`)
    for (const planned of steps.slice(0, from - 1)) {
      options.log.info(
        `  step ${planned.number}  ${describeStep(planned)}${planned.step.enabled ? '' : ' (does not run)'}`,
      )
    }
    await onSnapshot(reuse.snapshots)
  }
  return { steps, from, layers: { snapshots: reuse?.snapshots ?? [], onSnapshot } }
}

async function recordOf(
  { recipe, plan, environment, started, options }: SnapshotRequest,
  steps: readonly PlannedStep[],
): Promise<Omit<BuildRecord, 'format' | 'snapshots'>> {
  const variables = Object.entries(environment).map(([name, value]) => [`environment variable ${name}`, value])
  const { capabilities } = recipe
  return {
    recipe: await realpath(options.recipe),
    arch: recipe.arch,
    started: started.toISOString(),
    boot: bootId(),
    guest: plan.key ?? '',
    packages: plan.config.contents.packages,
    settings: {
      ...Object.fromEntries(variables),
      capabilities: JSON.stringify(capabilities),
      'run-as': plan.config.accounts.runAs,
    },
    steps: steps.map((planned) => ({ title: describeStep(planned), digest: stepDigest(planned) })),
  }
}

async function recipeAmongSources(options: BuildOptions, workspace: string): Promise<string | undefined> {
  const source = options.sourceDir || dirname(options.recipe)
  const path = relative(resolve(source), resolve(options.recipe))
  return existsSync(join(workspace, path)) && !path.startsWith('..') ? path : undefined
}

/** Digest of what a step does, wherever it is written. */
function stepDigest({ output, step }: PlannedStep): string {
  const { at: _at, runsAt: _runsAt, written: _written, definedIn: _definedIn, inputsAt: _inputsAt, ...does } = step
  const nested = does.pipeline.map((child) => stepDigest({ number: 0, output, step: child }))
  return digestOf([output.name, { ...does, pipeline: nested }])
}
