import { readFile } from 'node:fs/promises'
import {
  ALL_ARCHS,
  hostArch,
  type ImageConfig,
  ImageConfigError,
  type LoadedImageConfig,
  loadImageConfig,
  parseArchList,
} from '@apkts/config'
import { didYouMean, isSystemError, type Log, messageOf } from '@apkts/diagnostics'
import { type CommandContext, type OptionValues, UsageError } from '@apkts/diagnostics/cli'
import { readBundle } from '../bundle/read.ts'
import { parseSize } from '../cache/size.ts'
import type { Additions } from '../environment/additions.ts'
import type { BudgetOptions } from '../environment/budget.ts'
import type { ResolverName, Resolving } from '../environment/resolver.ts'
import { openSession, type Session, type SessionOptions } from '../environment/session.ts'

/** Additions of a command with the append flags; `packages` for one that has --package-append, too. */
export function readAdditions(options: OptionValues, { packages }: { readonly packages: boolean }): Additions {
  return {
    keyring: options.list('keyring-append'),
    buildRepositories: options.list('build-repository-append'),
    repositories: options.list('repository-append'),
    packages: packages ? options.list('package-append') : [],
  }
}

/** How packages are chosen, by `--resolver` and `--strict`. Throws `UsageError`. */
export function readResolving(options: OptionValues): Resolving {
  return { resolver: readResolver(options), strict: options.flag('strict') }
}

function readResolver(options: OptionValues): ResolverName {
  const name = options.string('resolver')
  if (name === 'compatible' || name === 'complete') return name
  throw new UsageError('FLAG_VALUE', `--resolver must be compatible or complete, got ${JSON.stringify(name)}`, {
    hint: didYouMean(name, ['compatible', 'complete']),
  })
}

/** OCI names to work on: `--arch`, else those of the configuration, else all. */
export function chooseArchs(options: OptionValues, config: ImageConfig): string[] {
  return archsOf(options.list('arch'), config)
}

/** OCI names to work on: those wanted, else those of the configuration, else all. */
export function archsOf(wanted: readonly string[], config: ImageConfig): string[] {
  if (wanted.includes('')) throw new UsageError('FLAG_VALUE', '--arch has an empty name: is there a comma too many?')
  if (wanted.length > 0) return parseArchList(wanted, hostArch(process.arch))
  return config.archs.length > 0 ? [...new Set(config.archs)] : [...ALL_ARCHS]
}

/** Reads a configuration relative to the working directory. */
export function loadConfig(path: string, log: Log, includePaths: readonly string[] = []): Promise<LoadedImageConfig> {
  return loadImageConfig(path, { includePaths, readFile: readConfigFile, log })
}

async function readConfigFile(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT') || isSystemError(cause, 'ENOTDIR')) return undefined
    if (!isSystemError(cause)) throw cause
    throw new ImageConfigError('CONFIG_UNREADABLE', `cannot read the configuration ${path}: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** Flags a command may lack; naming one that it does not declare is a mistake of the programmer. */
export interface SessionFlags {
  readonly offline?: boolean
  readonly ignoreSignatures?: boolean
  readonly limits?: boolean
  readonly bundle?: boolean
  readonly budget?: boolean
  readonly include?: boolean
}

/** Runs `work` in a session made from the command's flags and closes the session. */
export async function withSession<T>(
  context: CommandContext,
  flags: SessionFlags,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { options, log, env, signal } = context
  const bundlePath = flags.bundle === true ? options.string('bundle') : ''
  const session = openSession({
    bundle: bundlePath === '' ? undefined : await readBundle(bundlePath),
    cacheDir: options.string('cache-dir'),
    offline: flags.offline === true && options.flag('offline'),
    ignoreSignatures: flags.ignoreSignatures === true && options.flag('ignore-signatures'),
    ...(flags.budget === true ? readBudget(options) : {}),
    ...(flags.limits === true ? { limits: readLimits(options) } : {}),
    includePaths: flags.include === true ? options.list('include-paths') : [],
    log,
    env,
    signal,
  })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

function readBudget(options: OptionValues): BudgetOptions {
  const jobs = options.int('jobs')
  if (jobs < 0) throw new UsageError('FLAG_VALUE', `--jobs must be a positive number, got ${jobs}`)
  const memory = options.string('memory')
  return { jobs: jobs === 0 ? undefined : jobs, memory: memory === '' ? undefined : parseSize(memory) }
}

function readLimits(options: OptionValues): NonNullable<SessionOptions['limits']> {
  return {
    control: options.int('max-apk-control-size'),
    data: options.int('max-apk-data-size'),
    index: options.int('max-apkindex-decompressed-size'),
    httpResponse: options.int('max-http-response-size'),
  }
}
