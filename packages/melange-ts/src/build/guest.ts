import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defaultCacheDir } from '@apkts/cache'
import type { ImageConfig } from '@apkts/config'
import { materialise, type Rootfs } from '@apkts/rootfs'
import { type Overlay, supportsOverlay } from '@apkts/sandbox'
import { type GuestPlan, planGuest } from 'apko-ts'
import { BuildError } from './error.ts'
import { storedGuest } from './guest-store.ts'
import type { EnvironmentOptions, RunOptions } from './options.ts'
import type { Scratch } from './scratch.ts'

/** Users other than root must be able to pass through the guest's root directory. */
const ROOT_MODE = 0o755

export interface GuestRequest {
  readonly config: ImageConfig
  /** apk name. */
  readonly arch: string
  /** False for tests: their environment is taken as it is. */
  readonly locked: boolean
}

/** Resolves an environment. Nothing is written yet. */
export async function planEnvironment(
  { config, arch, locked }: GuestRequest,
  options: EnvironmentOptions & Pick<RunOptions, 'log' | 'signal' | 'env'>,
): Promise<GuestPlan> {
  return planGuest(config, arch, {
    locked,
    added: {
      keyring: options.keyringAppend,
      buildRepositories: options.repositoryAppend,
      repositories: [],
      packages: options.packageAppend,
    },
    cacheDir: options.apkCacheDir,
    ignoreSignatures: options.ignoreSignatures,
    log: options.log,
    signal: options.signal,
    env: options.env,
  })
}

export interface GuestRoot {
  readonly root: string
  readonly overlay?: Overlay
}

export interface WriteOptions {
  /** Names of the guest's packages, for messages. */
  readonly packages: readonly string[]
  readonly scratch: Scratch
  readonly options: Pick<RunOptions, 'env' | 'log' | 'remove'>
  readonly signal: AbortSignal
}

/**
 * Puts a guest's root on disk: as a layer over one that builds share where that is possible, else as a copy of its own.
 * @throws BuildError `NO_SHELL` when steps could not start in it.
 */
export async function writeGuest(
  rootfs: Rootfs,
  { packages, scratch, options, signal }: WriteOptions,
): Promise<GuestRoot> {
  checkShell(rootfs, packages)
  const directory = await mkdtemp(join(tmpdir(), 'bubblewrap-guest-'))
  scratch.ownGuest(directory)
  const root = join(directory, 'root')
  const make = (target: string) => materialise(rootfs.tree, target, { log: options.log, signal })
  const store = await guestStore(directory, options)
  if (store === undefined) {
    await make(root)
    await chmod(root, ROOT_MODE)
    return { root }
  }
  const { directory: lower, release } = await storedGuest(store, rootfs, make)
  scratch.atEnd(release)
  const [upper, work] = [join(directory, 'upper'), join(directory, 'work')]
  for (const path of [root, upper, work]) await mkdir(path, { mode: ROOT_MODE })
  return { root, overlay: { lower, upper, work } }
}

/** Where guests are shared; undefined when they cannot be, or when the guest is to be looked at later. */
async function guestStore(
  directory: string,
  { env, remove }: Pick<RunOptions, 'env' | 'remove'>,
): Promise<string | undefined> {
  const cache = defaultCacheDir(env)
  if (cache === undefined || !remove || !(await supportsOverlay(directory, { path: env.PATH ?? '' }))) return undefined
  const store = join(dirname(cache), 'melange-ts', 'guests')
  // The kernel's mount options have no way to write these characters.
  return /[,:\\]/.test(store) ? undefined : store
}

function checkShell({ tree }: Rootfs, packages: readonly string[]): void {
  if (tree.lookup('bin/sh') !== undefined) return
  throw new BuildError('NO_SHELL', 'the environment has no /bin/sh, so no step can run in it', {
    notes: [`packages: ${packages.join(' ')}`],
    hint: 'add a package with a shell, such as busybox, to contents.packages of the environment',
  })
}
