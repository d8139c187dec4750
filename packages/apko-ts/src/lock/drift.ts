import { checksumText } from '@apkts/apk'
import { toApkArch, validateImageConfig } from '@apkts/config'
import { DiagnosticError } from '@apkts/diagnostics'
import { redactUrl } from '@apkts/repository'
import type { PlanRequest } from '../build/plan-images.ts'
import { gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { formatChanges, type LockedBuild, packageChanges } from './changes.ts'
import type { LockFile } from './format.ts'
import { lockRepositories } from './repositories.ts'

/**
 * What has changed between a lock file and the configuration it was made from, as lines: repositories, keys, and the
 * packages that the configuration resolves to now.
 */
export async function describeDrift(lock: LockFile, request: PlanRequest): Promise<string[]> {
  const lines = [...repositoryDrift(lock, request), ...keyDrift(lock, request), ...(await packageDrift(lock, request))]
  return lines.length > 0 ? lines : ['repositories, keys and packages are the same: other settings have changed']
}

function repositoryDrift(lock: LockFile, { config, archs }: PlanRequest): string[] {
  const { buildRepositories, repositories, runtimeRepositories } = config.contents
  const lists = [
    ['build_repositories', lock.buildRepositories, buildRepositories],
    ['repositories', lock.repositories, repositories],
    ['runtime_repositories', lock.runtimeRepositories, runtimeRepositories],
  ] as const
  return lists.flatMap(([list, locked, lines]) => {
    const architectures = new Set(archs.map(toApkArch))
    const then = locked.filter(({ architecture }) => architectures.has(architecture)).map(({ name }) => name)
    const now = lockRepositories(lines, archs).map(({ name }) => name)
    return differences(then, now).map((line) => `${list}: ${withoutUser(line)}`)
  })
}

// Keys that repositories announce are in the lock file, but not in the configuration: only missing ones can be told.
function keyDrift(lock: LockFile, { config }: PlanRequest): string[] {
  const known = new Set(lock.keyring.map(({ url }) => url))
  return config.contents.keyring.filter((key) => !known.has(key)).map((key) => `keyring: + ${redactUrl(key)}`)
}

/** Names in lock files are URLs without scheme; what logs in there is not for the terminal. */
function withoutUser(line: string): string {
  return line.replace(/^([+-] )[^/]*@/, '$1xxxxx@')
}

function differences(then: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((name) => !then.includes(name)).map((name) => `+ ${name}`)
  const removed = then.filter((name) => !now.includes(name)).map((name) => `- ${name}`)
  return [...added, ...removed]
}

async function packageDrift(lock: LockFile, request: PlanRequest): Promise<string[]> {
  try {
    const archs = new Set(request.archs.map(toApkArch))
    const then = lock.packages.filter(({ architecture }) => archs.has(architecture))
    return formatChanges(packageChanges(then, await resolveAgain(request)))
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error
    return [`the configuration cannot be resolved as it is now: ${error.message.split('\n', 1)[0]}`]
  }
}

async function resolveAgain({ config, archs, added, ...options }: PlanRequest): Promise<LockedBuild[]> {
  const validated = validateImageConfig(config, options.locate)
  const lockable = { ...added, packages: [] } // lock files do not cover --package-append
  const builds: LockedBuild[] = []
  for (const arch of archs) {
    const facts = await gatherArchFacts(validated, arch, { ...options, added: lockable })
    for (const { record } of solveArch(facts, lockable)) {
      const { name, version, arch: architecture, checksum } = record
      builds.push({ name, version, architecture, checksum: checksumText(checksum) })
    }
  }
  return builds
}
