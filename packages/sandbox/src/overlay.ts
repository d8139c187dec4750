import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SandboxError } from './error.ts'
import type { Overlay } from './types.ts'

// The shell holds the namespace until its input ends, which also happens when our process is killed. Signals of a terminal
// reach it as well as us, and it must outlast the cleaning up. Volatile layers are not flushed to the disk when they are
// unmounted, which would wait for everything that the file system holds; kernels before 5.10 do not know them.
// Overlays are mounted side by side, and unmounted by one command: between two steps nobody waits for anything else.
const SCRIPT = `trap '' INT TERM HUP QUIT
options=$1; shift
mount_layers() {
  layers="lowerdir=$1,upperdir=$2,workdir=$3,$options"
  mount -t overlay overlay -o "$layers,volatile" "$4" 2>/dev/null || mount -t overlay overlay -o "$layers" "$4"
}
while IFS= read -r lower; do
  [ $# = 0 ] || umount -l "$@" || exit 1
  set --; mounting=
  while [ -n "$lower" ]; do
    IFS= read -r upper; IFS= read -r work; IFS= read -r at
    mount_layers "$lower" "$upper" "$work" "$at" &
    set -- "$@" "$at"; mounting="$mounting $!"
    IFS= read -r lower
  done
  for pid in $mounting; do wait "$pid" || exit 1; done
  echo mounted
done`

/** What the kernel takes as mount options: a page, with the options' names. */
const MAX_OPTIONS = 4000

/** Who mounts, and where programs are looked for. */
export interface MountOptions {
  /** Search path of the host. */
  readonly path: string
  /** True when the caller is uid 0; others mount in a user namespace of their own. */
  readonly root: boolean
}

/** Overlays mounted where only we and the commands we let in can see them. */
export interface MountedOverlays {
  /** Prefix of a command line that runs the rest where the overlays are mounted. */
  readonly enter: readonly string[]
  /** Name of a path as seen there, for this process. */
  visible(path: string): string
  /** Mounts others in their places, in the same order. No command may be running there. */
  replace(overlays: readonly Overlay[]): Promise<void>
  /** Unmounts them; commands that are still running inside keep their view. */
  close(): Promise<void>
}

/** True when the kernel can be told these names: no separators of its options in them, and not too many. */
export function canMount(overlays: readonly Overlay[]): boolean {
  return overlays.every(({ lower, upper, work, at }) => {
    const names = [...lower, upper, work, at]
    return !names.some((name) => /[,:\\\n]/.test(name)) && names.join(':').length <= MAX_OPTIONS
  })
}

/**
 * Mounts overlays in a mount namespace of their own. Whatever ends this process, also SIGKILL, unmounts them.
 * @throws SandboxError `OVERLAY_UNUSABLE` when the caller, the kernel or the file system does not allow it.
 */
export async function mountOverlays(overlays: readonly Overlay[], options: MountOptions): Promise<MountedOverlays> {
  const child = spawn('unshare', namespaceArguments(options), {
    env: { PATH: options.path },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close').catch(() => {})
  const problem = text(child.stderr).catch(() => '')
  // A shell that cannot be started, or gives up, says so by ending.
  child.stdin.on('error', () => {})
  const mount = async (wanted: readonly Overlay[]): Promise<void> => {
    if (!canMount(wanted)) throw unusable('the kernel has no way to write these paths')
    const answer = Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)])
    child.stdin.write(
      wanted.map(({ lower, upper, work, at }) => `${lower.join(':')}\n${upper}\n${work}\n${at}\n`).join(''),
    )
    child.stdin.write('\n')
    if (!(await answer)) throw unusable(await problem)
  }
  const close = async (): Promise<void> => {
    child.stdin.end()
    await ended
  }
  try {
    await mount(overlays)
  } catch (error) {
    await close()
    throw error
  }
  const pid = child.pid!
  return {
    enter: enterArguments(pid, options),
    visible: (path) => `/proc/${pid}/root${path}`,
    replace: mount,
    close,
  }
}

/** True when this user can mount overlays with their upper layer in that directory: the kernel and the file system allow it. */
export async function supportsOverlay(directory: string, options: { readonly path: string }): Promise<boolean> {
  const probe = await mkdtemp(join(directory, 'overlay-'))
  const [lower, upper, work, at] = ['lower', 'upper', 'work', 'at'].map((name) => join(probe, name)) as Names
  try {
    for (const path of [lower, upper, work, at]) await mkdir(path)
    const overlay = { lower: [lower], upper, work, at }
    await (await mountOverlays([overlay], { ...options, root: process.getuid?.() === 0 })).close()
    return true
  } catch (error) {
    if (error instanceof SandboxError) return false
    throw error
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

type Names = [string, string, string, string]

function namespaceArguments({ root }: MountOptions): string[] {
  const user = root ? [] : ['--user', '--map-root-user']
  // Renaming a directory of a lower layer needs redirects, which only root may store.
  const layers = root ? 'redirect_dir=on,metacopy=off,index=off' : 'userxattr'
  return [...user, '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', SCRIPT, 'sh', layers]
}

function enterArguments(pid: number, { root }: MountOptions): string[] {
  const user = root ? [] : ['--user', '--preserve-credentials']
  return ['nsenter', '--target', `${pid}`, ...user, '--mount', '--']
}

function unusable(reason: string): SandboxError {
  return new SandboxError('OVERLAY_UNUSABLE', 'overlays cannot be mounted here', {
    notes: reason === '' ? [] : [reason.trim()],
  })
}
