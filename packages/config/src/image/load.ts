import { createHash } from 'node:crypto'
import { type DiagnosticError, DiagnosticErrors, type Location, type Log, throwProblems } from '@apkts/diagnostics'
import { base64, utf8Decode } from '@apkts/encoding'
import { type Decoded, decodeYaml } from '../decode/decode.ts'
import { ConfigError } from '../error.ts'
import { ImageConfigError } from './error.ts'
import { mergeImageConfig } from './merge.ts'
import { locateMerged } from './places.ts'
import { imageConfigType } from './schema.ts'
import type { ImageConfig } from './types.ts'
import type { Locate } from './validate.ts'

/** Where included files are looked for. */
export interface LoadImageOptions {
  /** Prefixes tried, in order, when a path does not exist as given. */
  readonly includePaths?: readonly string[]
  /** Bytes of a file relative to the working directory; undefined when it does not exist. */
  readonly readFile: (path: string) => Promise<Uint8Array | undefined>
  readonly log?: Log
}

/** An image configuration with everything it includes, and where each value came from. */
export interface LoadedImageConfig {
  readonly config: ImageConfig
  /** `sha256-<base64>` over the bytes of the file and of every file it includes, parents first. */
  readonly checksum: string
  /** The files read, the main one first. */
  readonly files: readonly string[]
  /** Place of a value of `config` in the file it came from. */
  readonly locate: Locate
}

/**
 * Reads an image configuration with everything it includes. Paths are looked up relative to the working directory,
 * never to the including file, as apko does. Throws `ImageConfigError`, `ConfigError` or `DiagnosticErrors`.
 */
export async function loadImageConfig(path: string, options: LoadImageOptions): Promise<LoadedImageConfig> {
  const hash = createHash('sha256')
  const files: string[] = []
  const { config, locate } = await loadFile(path, undefined, { options, hash, files })
  return { config, locate, files, checksum: `sha256-${base64(hash.digest())}` }
}

/** The paths at which a configured path is looked for, in order. */
export function lookupCandidates(path: string, includePaths: readonly string[] = []): string[] {
  return [path, ...includePaths.map((prefix) => `${prefix.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`)]
}

interface Loading {
  readonly options: LoadImageOptions
  readonly hash: ReturnType<typeof createHash>
  readonly files: string[]
}

interface Loaded {
  readonly config: ImageConfig
  readonly locate: Locate
}

async function loadFile(path: string, from: Location | undefined, loading: Loading): Promise<Loaded> {
  const { file, bytes } = await readConfig(path, from, loading)
  loading.hash.update(bytes)
  loading.files.push(file)
  const decoded = decodeConfig(file, bytes)
  const own: Loaded = { config: decoded.value, locate: decoded.locate }
  const loaded = await withInclude(own, loading)
  const config = withTrimmedRepositories(loaded.config)
  checkBaseImage(config, loaded.locate)
  return { config, locate: loaded.locate }
}

// Messages name the line, so that they say all by themselves where one file of several is wrong.
function decodeConfig(file: string, bytes: Uint8Array): Decoded<ImageConfig> {
  try {
    return decodeYaml({ file, text: utf8Decode(bytes) }, imageConfigType)
  } catch (error) {
    if (error instanceof DiagnosticErrors) throwProblems(error.problems.map(withLine))
    throw error instanceof ConfigError ? withLine(error) : error
  }
}

function withLine(problem: DiagnosticError): DiagnosticError {
  if (!(problem instanceof ConfigError) || problem.at?.line === undefined) return problem
  return new ConfigError(problem.code, `line ${problem.at.line}: ${problem.message}`, problem)
}

async function readConfig(path: string, from: Location | undefined, loading: Loading) {
  const candidates = lookupCandidates(path, loading.options.includePaths)
  for (const file of candidates) {
    const bytes = await loading.options.readFile(file)
    if (bytes === undefined) continue
    if (loading.files.includes(file)) {
      const chain = [...loading.files.slice(loading.files.indexOf(file)), file].join(' includes ')
      throw new ImageConfigError('INCLUDE_CYCLE', `the configuration includes itself: ${chain}`, { at: from })
    }
    return { file, bytes }
  }
  const tried = candidates.length === 1 ? [] : [`looked for ${candidates.join(', ')}`]
  throw new ImageConfigError('CONFIG_NOT_FOUND', `file does not exist: ${path}`, {
    at: from,
    notes: tried,
    hint: from === undefined ? undefined : 'paths are relative to the working directory, not to the including file',
  })
}

async function withInclude(top: Loaded, loading: Loading): Promise<Loaded> {
  const { include } = top.config
  if (include === '') return top
  loading.options.log?.info(`including ${include} for configuration`)
  const base = await loadFile(include, top.locate(['include']), loading)
  return { config: mergeImageConfig(top.config, base.config), locate: locateMerged(top, base) }
}

function withTrimmedRepositories(config: ImageConfig): ImageConfig {
  const trim = (entries: readonly string[]) => entries.map((entry) => entry.replace(/\/+$/, ''))
  const { contents } = config
  return {
    ...config,
    contents: {
      ...contents,
      buildRepositories: trim(contents.buildRepositories),
      runtimeRepositories: trim(contents.runtimeRepositories),
      repositories: trim(contents.repositories),
    },
  }
}

function checkBaseImage(config: ImageConfig, locate: Locate): void {
  if (config.contents.baseImage === undefined) return
  const { entrypoint, accounts } = config
  const used: readonly (readonly [keyof ImageConfig, string, boolean])[] = [
    ['entrypoint', 'entrypoint', !isDeeplyEmpty(entrypoint)],
    ['cmd', 'cmd', config.cmd !== ''],
    ['stopSignal', 'stop-signal', config.stopSignal !== ''],
    ['workDir', 'work-dir', config.workDir !== ''],
    ['accounts', 'accounts', !isDeeplyEmpty(accounts)],
    ['environment', 'environment', !isDeeplyEmpty(config.environment)],
    ['paths', 'paths', config.paths.length > 0],
    ['annotations', 'annotations', !isDeeplyEmpty(config.annotations)],
  ]
  const offending = used.find(([, , present]) => present)
  if (offending === undefined) return
  const message = `with a base image only contents, archs and include are supported, found ${offending[1]}`
  throw new ImageConfigError('BASE_IMAGE_FIELDS', message, { at: locate([offending[0]]) })
}

function isDeeplyEmpty(value: object): boolean {
  return Object.values(value).every((member) =>
    typeof member === 'object' && member !== null ? Object.keys(member).length === 0 : member === '',
  )
}
