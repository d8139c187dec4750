import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { checksumText } from '@apkts/apk'
import { type ImageConfig, parseArch, validateImageConfig } from '@apkts/config'
import type { Log } from '@apkts/diagnostics'
import type { Keys } from '@apkts/keyring'
import type { LoadedIndex } from '@apkts/repository'
import type { Rootfs } from '@apkts/rootfs'
import type { Resolved } from '@apkts/solver'
import type { ArchPlan } from './build/arch-plan.ts'
import { composeArch } from './build/compose.ts'
import { type Additions, worldOf } from './environment/additions.ts'
import { type ArchFacts, gatherArchFacts, solveArch } from './environment/arch-facts.ts'
import { openSession, type Session } from './environment/session.ts'
import { type BuildDates, buildDates } from './image/dates.ts'
import { lockedCopy, pinnedWorld, withAdditions } from './lock/lock-config.ts'

/** How the environment of a build is resolved. */
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

/** A root filesystem to run build steps in, resolved but not laid out. */
export interface GuestPlan {
  /** Validated; when locked, with exactly the resolved packages. */
  readonly config: ImageConfig
  /**
   * Equal for equal root filesystems: names everything one is made from, in hex. Undefined when a package has no checksum,
   * as then nothing says what is in it.
   */
  readonly key: string | undefined
  /** Fetches the packages and lays the root filesystem out in memory. */
  compose(): Promise<Rootfs>
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
  const dates = buildDates('', options.env ?? {})
  return {
    config: pinned.config,
    key: guestKey(plan, packages, dates),
    compose: async () => (await composeArch(plan, { dates, session })).rootfs,
    packages,
    indexes,
    keys,
    close: () => session.close(),
  }
}

// The checksum of a package covers its control section, and that the files. The program's own file is named by its content
// where it is bundled, so what another version laid out is never taken for ours.
function guestKey(
  plan: Omit<ArchPlan, 'packages'>,
  packages: readonly Resolved[],
  dates: BuildDates,
): string | undefined {
  if (packages.some(({ record }) => record.checksum === undefined)) return undefined
  const installed = packages.map(({ record: { name, version, checksum } }) => [name, version, checksumText(checksum)])
  const facts = {
    program: basename(import.meta.url),
    ...plan,
    keys: [...plan.keys],
    packages: installed,
    context: `${dates.context.seconds}.${dates.context.nanos}`,
    pinned: dates.pinned,
  }
  const text = JSON.stringify(facts, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  return createHash('sha256').update(text).digest('hex')
}

function lockFacts(config: ImageConfig, facts: ArchFacts, packages: readonly string[]): ArchFacts {
  return { ...facts, config: validateImageConfig(lockedCopy(config, facts.arch, packages)) }
}
