import { constants } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Guest, type MountedOverlays, mountOverlays, type Overlay, SandboxError } from '@apkts/sandbox'
import type { GuestRoot } from './guest.ts'
import { describeGuest, type GuestOptions } from './guest-environment.ts'
import type { RunOptions } from './options.ts'

/** A guest that is ready to run steps, and how this machine sees it. */
export interface Pod {
  readonly guest: Guest
  /** Directory that shows the guest's home. */
  readonly workspace: string
  /** Keeps the state after a step, so that a later build can go on from it. True when it could be kept. */
  checkpoint(step: number): Promise<boolean>
  close(): Promise<void>
}

export interface PodOptions extends Omit<GuestOptions, 'root' | 'rootShared' | 'enter' | 'rootSeen'> {
  readonly root: GuestRoot
  /** Where the pod keeps what the guest writes outside its home. */
  readonly directory: string
  readonly options: Pick<RunOptions, 'env' | 'log' | 'runner'>
}

/** Gets a guest ready: over a shared root as a layer of its own where that is possible, else in a copy of it. */
export async function openPod(pod: PodOptions): Promise<Pod> {
  const { root, options } = pod
  if (!root.shared) return plainPod(pod, { root: root.directory })
  if (!options.runner.rootOnDisk) return plainPod(pod, { root: root.directory, rootShared: true })
  const overlay = await rootOverlay(pod)
  const mounted = await tryMount([overlay], options)
  if (mounted !== undefined)
    return plainPod(pod, { root: overlay.at, enter: mounted.enter, rootSeen: mounted.visible(overlay.at) }, mounted)
  const copy = join(pod.directory, 'guest')
  // Shares the blocks where the file system can; hard links would let the guest write to the shared files.
  await cp(root.directory, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
  return plainPod(pod, { root: copy })
}

async function plainPod(
  { options, ...description }: PodOptions,
  place: Pick<GuestOptions, 'root' | 'rootShared' | 'enter' | 'rootSeen'>,
  mounted?: MountedOverlays,
): Promise<Pod> {
  const guest = await describeGuest({ ...description, ...place })
  return {
    guest,
    workspace: description.workspace,
    checkpoint: async () => false,
    async close() {
      await options.runner.stop(guest)
      await mounted?.close()
    },
  }
}

async function rootOverlay({ root, directory }: PodOptions): Promise<Overlay> {
  const [upper, work, at] = ['upper', 'work', 'root'].map((name) => join(directory, name)) as [string, string, string]
  for (const path of [upper, work, at]) await mkdir(path, { recursive: true, mode: 0o755 })
  return { lower: [root.directory], upper, work, at }
}

/** Mounts overlays; undefined when that is not possible here. */
export async function tryMount(
  overlays: readonly Overlay[],
  { env, log }: Pick<RunOptions, 'env' | 'log'>,
): Promise<MountedOverlays | undefined> {
  try {
    return await mountOverlays(overlays, { path: env.PATH ?? '', root: process.getuid?.() === 0 })
  } catch (error) {
    if (!(error instanceof SandboxError && error.code === 'OVERLAY_UNUSABLE')) throw error
    log.debug(`${error.message}: ${error.notes.join(' ')}`)
    return undefined
  }
}
