import { type ImageConfig, parseArch, validateImageConfig } from '@apkts/config'
import type { Log } from '@apkts/diagnostics'
import type { Keys } from '@apkts/keyring'
import type { LoadedIndex } from '@apkts/repository'
import type { Rootfs } from '@apkts/rootfs'
import type { Resolved } from '@apkts/solver'
import { composeArch } from './build/compose.ts'
import { type Additions, worldOf } from './environment/additions.ts'
import { type ArchFacts, gatherArchFacts, solveArch } from './environment/arch-facts.ts'
import { openSession, type Session } from './environment/session.ts'
import { buildDates } from './image/dates.ts'
import { lockedCopy, pinnedWorld, withAdditions } from './lock/lock-config.ts'

export interface GuestOptions {
  /** Resolve, pin everything, and resolve again, as builds do; otherwise the environment is resolved once as it is. */
  readonly locked: boolean
  readonly added: Additions
  readonly cacheDir?: string | undefined
  readonly offline?: boolean | undefined
  readonly ignoreSignatures?: boolean | undefined
  readonly log?: Log | undefined
  readonly signal?: AbortSignal | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** A root filesystem to run build steps in, composed in memory. */
export interface GuestPlan {
  /** Validated; when locked, with exactly the resolved packages. */
  readonly config: ImageConfig
  readonly rootfs: Rootfs
  /** In installation order. */
  readonly packages: readonly Resolved[]
  readonly indexes: readonly LoadedIndex[]
  readonly keys: Keys
  /** Closes connections, and removes packages when there is no cache directory: contents are unreadable then. */
  close(): Promise<void>
}

/**
 * Plans the environment of a build or test for one architecture, in any spelling. Unlike an image, a guest keeps the
 * build repositories in `/etc/apk/repositories`. The caller closes the plan when the contents were read.
 */
export async function planGuest(config: ImageConfig, arch: string, options: GuestOptions): Promise<GuestPlan> {
  const session = openSession(options)
  try {
    return await composeGuest(config, parseArch(arch), { options, session })
  } catch (error) {
    await session.close()
    throw error
  }
}

async function composeGuest(
  config: ImageConfig,
  arch: string,
  { options, session }: { readonly options: GuestOptions; readonly session: Session },
): Promise<GuestPlan> {
  const { added, locked } = options
  const completed = withAdditions(config, added)
  const facts = await gatherArchFacts(validateImageConfig(completed), arch, { added, session })
  const first = solveArch(facts, added)
  const pinned = locked
    ? lockFacts(completed, facts, pinnedWorld(config.contents.packages, first, facts.indexes))
    : facts
  const packages = locked ? solveArch(pinned, added) : first
  const { keys, indexes, buildRepositories } = facts
  const world = worldOf(pinned.config, added)
  const plan = { arch, config: pinned.config, keys, buildRepositories, world, packages }
  const { rootfs } = await composeArch(plan, { dates: buildDates('', options.env ?? {}), session })
  return { config: pinned.config, rootfs, packages, indexes, keys, close: () => session.close() }
}

function lockFacts(config: ImageConfig, facts: ArchFacts, packages: readonly string[]): ArchFacts {
  return { ...facts, config: validateImageConfig(lockedCopy(config, facts.arch, packages)) }
}
