import { createHash, randomBytes } from 'node:crypto'
import { access, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError, type Log, throwProblems } from '@apkts/diagnostics'
import { openRepositories } from '@apkts/repository'
import { execa } from 'execa'
import { BuildError } from '../build/error.ts'
import { type Download, pipelineDownloads, storeDownload } from '../build/fetch-cache.ts'
import type { CompiledRecipe, CompiledStep } from '../compile/types.ts'
import { submodulesOf } from './submodules.ts'

/** Where the guest has the directory of sources. */
const GUEST_SOURCES = '/var/cache/melange'

export interface HostSourcesOptions {
  /** Source cache; used when it is a directory, filled with what is missing. */
  readonly cacheDir: string
  /** Used otherwise. */
  readonly spare: string
  readonly log: Log
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface HostSources {
  /** To be mounted for the guest. */
  readonly directory: string
  /** Environment of the steps that makes them find what lies there. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Fetches on the host what the steps of a recipe would fetch themselves, for guests without a network: archives by their
 * checksum, git repositories by the commit that is expected, with their submodules where a step wants those.
 * @throws BuildError `SOURCE_UNPINNED` for a source that no digest names, and `CHECKSUM` for one that is something else.
 */
export async function hostSources(recipe: CompiledRecipe, options: HostSourcesOptions): Promise<HostSources> {
  const steps = [recipe, ...recipe.subpackages].flatMap(({ pipeline }) => sourceSteps(pipeline))
  const downloads = pipelineDownloads(steps.filter(({ uses }) => uses === 'fetch'))
  const checkouts = steps.filter(({ uses }) => uses === 'git-checkout')
  checkPinned(downloads, checkouts)
  const directory = (await isDirectory(options.cacheDir)) ? options.cacheDir : options.spare
  await mkdir(directory, { recursive: true })
  await fetchArchives(downloads, directory, options)
  const mirrors = await mirrorRepositories(checkouts, directory, options)
  return { directory, environment: gitEnvironment(mirrors) }
}

function sourceSteps(pipeline: readonly CompiledStep[]): CompiledStep[] {
  const enabled = pipeline.filter((step) => step.enabled)
  return enabled.flatMap((step) =>
    step.uses === 'fetch' || step.uses === 'git-checkout' ? [step] : sourceSteps(step.pipeline),
  )
}

function checkPinned(downloads: readonly Download[], checkouts: readonly CompiledStep[]): void {
  const loose = [
    ...downloads
      .filter(({ sha256, sha512 }) => sha256 === '' && sha512 === '')
      .map(({ uri, step }) => ({ what: uri, step })),
    ...checkouts
      .filter(({ inputs }) => !inputs['expected-commit'])
      .map((step) => ({ what: step.inputs.repository ?? '', step })),
  ]
  throwProblems(
    loose.map(({ what, step }) => {
      return new BuildError(
        'SOURCE_UNPINNED',
        `without network a source is fetched by its digest, and ${what} has none`,
        {
          at: step.at,
          hint: 'give expected-sha256, expected-sha512 or expected-commit, or open the network with --network build',
        },
      )
    }),
  )
}

async function fetchArchives(downloads: readonly Download[], directory: string, options: HostSourcesOptions) {
  const client = openRepositories({ keys: new Map(), ...options })
  try {
    for (const download of downloads) {
      const { sha256, sha512, uri } = download
      const name = sha256 === '' ? `sha512:${sha512}` : `sha256:${sha256}`
      if (await exists(join(directory, name))) continue
      options.log.info(`fetching ${uri} for the steps`)
      await storeDownload(directory, download, client.stream(uri))
    }
  } finally {
    await client.close()
  }
}

interface Mirror {
  readonly repository: string
  /** Path in the guest. */
  readonly path: string
}

/** A commit of a repository that a step needs. */
interface Wanted {
  readonly repository: string
  readonly commit: string
  readonly step: CompiledStep
  /** Named by the recipe; false for what a repository names, which must not lead to files of this machine. */
  readonly trusted: boolean
  readonly recurse: boolean
}

async function mirrorRepositories(
  steps: readonly CompiledStep[],
  directory: string,
  options: HostSourcesOptions,
): Promise<Mirror[]> {
  const mirrors = new Map<string, Mirror>()
  const known = new Set<string>()
  const pending = steps.map(wantedBy)
  for (let wanted = pending.shift(); wanted !== undefined; wanted = pending.shift()) {
    const { repository, commit, recurse } = wanted
    const key = `${repository} ${commit}`
    if (known.has(key)) continue
    known.add(key)
    if (known.size > MAX_REPOSITORIES) throw tooMany(wanted)
    const name = `git/${createHash('sha256').update(repository).digest('hex')}`
    const target = join(directory, name)
    await mirrorCommit(wanted, target, options)
    mirrors.set(repository, { repository, path: `${GUEST_SOURCES}/${name}` })
    if (recurse && (await holds(target, commit, options))) pending.push(...(await submodules(wanted, target, options)))
  }
  return [...mirrors.values()]
}

/** So many repositories one recipe may need, submodules of submodules included. */
const MAX_REPOSITORIES = 500

function tooMany({ step }: Wanted): BuildError {
  return new BuildError('SOURCE_FETCH', `the step needs more than ${MAX_REPOSITORIES} repositories`, { at: step.at })
}

function wantedBy(step: CompiledStep): Wanted {
  const { repository = '', 'expected-commit': commit = '', 'recurse-submodules': recurse } = step.inputs
  return { repository, commit, step, trusted: true, recurse: recurse === 'true' }
}

async function submodules(outer: Wanted, directory: string, { env }: HostSourcesOptions): Promise<Wanted[]> {
  const found = await submodulesOf({ directory, url: outer.repository }, outer.commit, env)
  return found.map(({ url, commit, relative }) => {
    return { repository: url, commit, step: outer.step, trusted: outer.trusted && relative, recurse: true }
  })
}

async function mirrorCommit(wanted: Wanted, target: string, options: HostSourcesOptions): Promise<void> {
  if (await holds(target, wanted.commit, options)) return
  options.log.info(`fetching ${wanted.repository} for the steps`)
  await mirror(wanted, target, options)
}

async function mirror(
  { repository, step, trusted }: Wanted,
  target: string,
  { env, signal }: HostSourcesOptions,
): Promise<void> {
  const there = await exists(join(target, 'HEAD'))
  const fresh = `${target}.${randomBytes(6).toString('hex')}`
  const args = there
    ? ['-C', target, 'fetch', '--quiet', '--prune', 'origin']
    : ['clone', '--quiet', '--mirror', '--', repository, fresh]
  // Then git takes neither files of this machine nor helper programs (git(1), GIT_PROTOCOL_FROM_USER).
  const guarded = trusted ? {} : { GIT_PROTOCOL_FROM_USER: '0' }
  const gitEnv = { ...env, GIT_TERMINAL_PROMPT: '0', ...guarded }
  const result = await execa('git', args, { env: gitEnv, extendEnv: false, reject: false, cancelSignal: signal })
  if (result.exitCode === 0) return there ? undefined : publish(fresh, target)
  await rm(fresh, { recursive: true, force: true })
  const why = result.code === 'ENOENT' ? 'git was not found on PATH' : result.stderr
  throw new BuildError('SOURCE_FETCH', `cannot fetch ${repository}`, { at: step.at, notes: [why] })
}

async function publish(fresh: string, target: string): Promise<void> {
  try {
    await rename(fresh, target)
  } catch (error) {
    // Another build was first.
    if (!isSystemError(error, 'ENOTEMPTY') && !isSystemError(error, 'EEXIST')) throw error
    await rm(fresh, { recursive: true, force: true })
  }
}

async function holds(target: string, commit: string, { env }: HostSourcesOptions): Promise<boolean> {
  if (!(await exists(join(target, 'HEAD')))) return false
  const args = ['-C', target, 'cat-file', '-e', `${commit}^{commit}`]
  return (await execa('git', args, { env, extendEnv: false, reject: false })).exitCode === 0
}

// git reads configuration from the environment (git-config(1), GIT_CONFIG_COUNT), so no step and no file has to change.
function gitEnvironment(mirrors: readonly Mirror[]): Record<string, string> {
  if (mirrors.length === 0) return {}
  const settings = [
    ['safe.directory', '*'],
    // Without it git clones no submodule from a mirror.
    ['protocol.file.allow', 'always'],
    ...mirrors.map(({ repository, path }) => [`url.file://${path}.insteadOf`, repository]),
  ]
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function isDirectory(path: string): Promise<boolean> {
  if (path === '') return false
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}
