import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImageConfig } from '@apkts/config'
import type { Log } from '@apkts/diagnostics'
import { materialise, type Rootfs } from '@apkts/rootfs'
import { type GuestPlan, planGuest } from 'apko-ts'
import { BuildError } from './error.ts'
import type { EnvironmentOptions, RunOptions } from './options.ts'

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

/** Writes a guest's root into a fresh temporary directory, which `own` gets before it is filled. @throws BuildError `NO_SHELL` when steps could not start in it. */
export async function writeGuest(
  { tree }: Rootfs,
  packages: readonly string[],
  { own, log, signal }: { readonly own: (directory: string) => void; readonly log: Log; readonly signal: AbortSignal },
): Promise<string> {
  if (tree.lookup('bin/sh') === undefined) {
    throw new BuildError('NO_SHELL', 'the environment has no /bin/sh, so no step can run in it', {
      notes: [`packages: ${packages.join(' ')}`],
      hint: 'add a package with a shell, such as busybox, to contents.packages of the environment',
    })
  }
  const directory = await mkdtemp(join(tmpdir(), 'bubblewrap-guest-'))
  own(directory)
  await materialise(tree, directory, { log, signal })
  return directory
}
