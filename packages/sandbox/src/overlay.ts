import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Overlay } from './types.ts'

// The mount lives in a namespace of the command's own: whatever ends the command ends the mount.
const SCRIPT =
  'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,redirect_dir=on" "$4" && shift 4 && exec "$@"'

/** A command line that mounts an overlay at `root` and then becomes `command`. */
export function overlayCommand(overlay: Overlay, root: string, command: readonly string[]): string[] {
  const { lower, upper, work } = overlay
  const namespace = ['unshare', '--mount', '--propagation', 'private', '--']
  return [...namespace, '/bin/sh', '-c', SCRIPT, 'sh', lower, upper, work, root, ...command]
}

/**
 * True when overlays can be mounted with their upper layer in that directory: the caller has the rights, the kernel and the
 * file system allow it.
 */
export async function supportsOverlay(directory: string, options: { readonly path: string }): Promise<boolean> {
  if (process.getuid?.() !== 0 || /[,:\\]/.test(directory)) return false
  const probe = await mkdtemp(join(directory, 'overlay-'))
  try {
    const parts = { lower: join(probe, 'lower'), upper: join(probe, 'upper'), work: join(probe, 'work') }
    const root = join(probe, 'root')
    for (const path of [...Object.values(parts), root]) await mkdir(path)
    const [program = '', ...args] = overlayCommand(parts, root, ['true'])
    const env = { PATH: options.path }
    return (await execa(program, args, { env, extendEnv: false, reject: false })).exitCode === 0
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}
