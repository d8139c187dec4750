import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildRecord, claimBuild, type RecordedBuild, releaseBuild } from './build-records.ts'
import { changedFiles } from './changed-files.ts'
import { BuildError } from './error.ts'
import { LAYERS, type Snapshot } from './layered-pod.ts'
import type { PlannedStep } from './planned-steps.ts'
import { removeTree } from './remove-tree.ts'

/** What of a build is reused. */
export interface Reuse {
  readonly snapshots: readonly Snapshot[]
  /** When the earlier build began, in words. */
  readonly started: string
}

export interface ResumeRequest {
  readonly store: string
  /** Number of the step to go on from. */
  readonly from: number
  readonly steps: readonly PlannedStep[]
  /** Of this build, without snapshots. */
  readonly record: Omit<BuildRecord, 'format' | 'snapshots'>
  /** Directory of this build. */
  readonly directory: string
  /** Its workspace, filled anew. */
  readonly workspace: string
  /** Path of the recipe in the workspace, where it is one of the source files: it may change. */
  readonly recipeFile?: string | undefined
}

const SHOWN = 10

/**
 * Takes over what the steps before one left in an earlier build of the same recipe.
 * @throws BuildError `NO_SNAPSHOT` when there is nothing to go on from, `INPUT_CHANGED` when those steps would do something
 * else today: names what.
 */
export async function resumeBuild(request: ResumeRequest): Promise<Reuse> {
  const { record, from } = request
  const earlier = await claimBuild(request.store, record.recipe, record.arch)
  if (earlier === undefined) {
    throw new BuildError('NO_SNAPSHOT', `there is no earlier build of this recipe for ${record.arch} to go on from`, {
      hint: 'build it without --from-step; when that fails, the state after each step is kept',
    })
  }
  try {
    await checkUnchanged(earlier, request)
    const snapshots = snapshotsBefore(from, earlier.record, request.steps)
    await takeOver(earlier, snapshots, request)
    return { snapshots, started: earlier.record.started }
  } catch (error) {
    await releaseBuild(earlier.directory)
    throw error
  }
}

async function checkUnchanged(earlier: RecordedBuild, request: ResumeRequest): Promise<void> {
  const { record, from, workspace } = request
  const files = await changedFiles(join(earlier.directory, 'workspace'), workspace, request.recipeFile)
  const notes = [
    ...environmentChanges(earlier.record, record),
    ...settingChanges(earlier.record.settings, record.settings),
    ...listed('source files', files),
    ...stepChanges(earlier.record, record, from),
  ]
  if (earlier.record.boot !== record.boot) notes.push('this machine was started anew, so files may be incomplete')
  if (notes.length === 0) return
  throw new BuildError('INPUT_CHANGED', `cannot go on from step ${from}: something changed that earlier steps use`, {
    notes,
    hint: `build without --from-step, or go back to what was there on ${earlier.record.started}`,
  })
}

function environmentChanges(before: BuildRecord, now: Pick<BuildRecord, 'guest' | 'packages'>): string[] {
  if (before.guest === now.guest) return []
  const changed = [
    ...now.packages.filter((name) => !before.packages.includes(name)).map((name) => `+${name}`),
    ...before.packages.filter((name) => !now.packages.includes(name)).map((name) => `-${name}`),
  ]
  if (changed.length > 0) return listed('packages of the environment', changed)
  return ['environment: other contents of packages, keys, repositories or accounts']
}

function settingChanges(before: BuildRecord['settings'], now: BuildRecord['settings']): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  const shown = (value: string | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value))
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${shown(before[name])} is now ${shown(now[name])}`)
}

function stepChanges(
  { steps: before }: BuildRecord,
  { steps: now }: Pick<BuildRecord, 'steps'>,
  from: number,
): string[] {
  const earlier = now.slice(0, from - 1)
  return earlier.flatMap(({ title, digest }, at) => (before[at]?.digest === digest ? [] : [`step ${at + 1}: ${title}`]))
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [`${what}: ${names.slice(0, SHOWN).join(', ')}${more}`]
}

/** The layers up to a step; there must be one after the last step before it that runs. */
function snapshotsBefore(from: number, { snapshots }: BuildRecord, steps: readonly PlannedStep[]): Snapshot[] {
  const usable = snapshots.filter(({ after }) => after < from)
  const needed = steps.findLast(({ number, step }) => number < from && step.enabled)?.number ?? 0
  const last = usable.at(-1)?.after ?? 0
  if (last === needed) return usable
  throw new BuildError('NO_SNAPSHOT', `no state was kept after step ${needed}, so step ${from} cannot be the next`, {
    notes: snapshots.length === 0 ? [] : [`states were kept after: ${snapshots.map(({ after }) => after).join(', ')}`],
    hint: `go on from an earlier step: --from-step ${last + 1}`,
  })
}

async function takeOver(
  { directory: earlier }: RecordedBuild,
  snapshots: readonly Snapshot[],
  { directory, workspace, recipeFile }: ResumeRequest,
): Promise<void> {
  // The other files stay those of the earlier build: their times tell programs such as make what is up to date.
  if (recipeFile !== undefined) await rename(join(workspace, recipeFile), join(earlier, 'workspace', recipeFile))
  await removeTree(workspace)
  await rename(join(earlier, 'workspace'), workspace)
  await mkdir(join(directory, LAYERS))
  for (const { layer } of snapshots) {
    await rename(join(earlier, LAYERS, `${layer}`), join(directory, LAYERS, `${layer}`))
  }
  await removeTree(earlier)
}
