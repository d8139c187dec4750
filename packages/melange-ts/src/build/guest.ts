import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImageConfig } from '@apkts/config'
import { materialise, type Rootfs } from '@apkts/rootfs'
import type { Guest, Runner } from '@apkts/sandbox'
import { type GuestPlan, planGuest } from 'apko-ts'
import { BuildError } from './error.ts'
import type { GuestFacts } from './guest-facts.ts'
import { storedGuest } from './guest-store.ts'
import type { EnvironmentOptions, RunOptions } from './options.ts'
import { guestUser } from './run-as.ts'
import type { Scratch } from './scratch.ts'
import { GUEST_HOME } from './step-command.ts'
import { storeDirectory } from './stores.ts'

/** Users other than root must be able to pass through the guest's root directory. */
const ROOT_MODE = 0o755

export interface GuestRequest {
  readonly config: ImageConfig
  /** apk name. */
  readonly arch: string
  /** False for tests: their environment is taken as it is. */
  readonly locked: boolean
}

/** Resolves an environment. Nothing is written yet. @throws BuildError `RUN_AS_UNKNOWN` */
export async function planEnvironment(
  { config, arch, locked }: GuestRequest,
  options: EnvironmentOptions & Pick<RunOptions, 'log' | 'signal' | 'env'>,
): Promise<GuestPlan> {
  guestUser(config.accounts) // a mistake there is told before anything is fetched
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

/** A guest's root on disk. */
export interface GuestRoot {
  readonly directory: string
  /** True when other builds use it, too: nothing may be written to it. */
  readonly shared: boolean
  readonly facts: GuestFacts
}

export interface RootOptions {
  readonly scratch: Scratch
  readonly options: Pick<RunOptions, 'env' | 'log' | 'remove' | 'runner'>
  readonly signal: AbortSignal
}

/**
 * Puts a guest's root on disk, or finds it there: one that builds share, or where it is to be looked at later, one of its own.
 * @throws BuildError `NO_SHELL` when steps could not start in it.
 */
export async function guestRoot(plan: GuestPlan, { scratch, options, signal }: RootOptions): Promise<GuestRoot> {
  const make = (directory: string) => makeRoot(plan, directory, { options, signal })
  const store = options.remove ? storeDirectory(options.env, 'guests') : undefined
  if (store === undefined || plan.key === undefined) {
    const directory = join(scratch.directory, 'guest')
    return { directory, shared: false, facts: await make(directory) }
  }
  const { directory, facts, release } = await storedGuest(store, plan.key, make)
  scratch.atEnd(release)
  return { directory, shared: true, facts }
}

async function makeRoot(
  plan: GuestPlan,
  directory: string,
  { options: { log, runner }, signal }: Pick<RootOptions, 'options' | 'signal'>,
): Promise<GuestFacts> {
  const rootfs = await plan.compose()
  checkShell(rootfs, plan.config.contents.packages)
  const { bytes } = await materialise(rootfs.tree, directory, { log, signal })
  await chmod(directory, ROOT_MODE)
  if (runner.rootOnDisk) await linkLibraries(directory, plan.config, runner, signal)
  signal.throwIfAborted()
  return { ownerNames: rootfs.ownerNames, linked: runner.rootOnDisk, bytes }
}

/** Rebuilds the linker's cache: packages bring libraries that the composed file system has not seen. */
export const LINK_LIBRARIES = ['/bin/sh', '-c', '[ -x /sbin/ldconfig ] && /sbin/ldconfig /lib || true']

async function linkLibraries(root: string, { accounts }: ImageConfig, runner: Runner, signal: AbortSignal) {
  const home = await mkdtemp(join(tmpdir(), 'melange-home-'))
  const guest: Guest = {
    root,
    mounts: [{ source: home, target: GUEST_HOME }],
    environment: {},
    user: guestUser(accounts),
    capabilities: { add: [], drop: [] },
    networking: false,
  }
  try {
    await runner.run(guest, { argv: LINK_LIBRARIES, signal })
  } finally {
    await rm(home, { recursive: true })
  }
}

function checkShell({ tree }: Rootfs, packages: readonly string[]): void {
  if (tree.lookup('bin/sh') !== undefined) return
  throw new BuildError('NO_SHELL', 'the environment has no /bin/sh, so no step can run in it', {
    notes: [`packages: ${packages.join(' ')}`],
    hint: 'add a package with a shell, such as busybox, to contents.packages of the environment',
  })
}
