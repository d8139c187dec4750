import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { type Alias, expandName } from './aliases.ts'
import { type AptPackage, download, planExact, planInstall } from './apt.ts'
import { debianArchitecture } from './architecture.ts'
import { availablePackages, closure, type Unmet } from './choose.ts'
import type { DebControl } from './control.ts'
import { type DebControlPart, readControlPart } from './dpkg-deb.ts'
import { ImportError } from './error.ts'
import type { ImportOptions } from './options.ts'
import { controlPartOf, type ImportState } from './state.ts'

/** A .deb on disk that is to be imported. */
export interface GatheredDeb {
  readonly file: string
  /** Hex. */
  readonly sha256: string
  readonly part: DebControlPart
}

export interface Gathered {
  readonly debs: readonly GatheredDeb[]
  readonly metas: readonly (Alias & { kind: 'meta' })[]
  readonly unmet: readonly Unmet[]
}

/** Finds the .deb files of an import: the named files, the named packages and what they need, downloaded where missing. */
export async function gatherDebs(options: ImportOptions, state: ImportState): Promise<Gathered> {
  const files = options.requests.filter(isFile)
  const expanded = options.requests.filter((request) => !isFile(request)).map(expandName)
  const names = expanded.flatMap(({ packages }) => packages)
  const local = await Promise.all(files.map((file) => inspect(file, state)))
  const remote = await planRemote(names, files, options)
  const chosen = choose([...names, ...local.map(({ part }) => part.control.name)], local, remote, options)
  const wanted = remote.filter(({ control }) => chosen.names.has(control.name))
  await fetchMissing(wanted, options)
  const fetched = await Promise.all(wanted.map((one) => inspect(join(options.downloadDir, one.fileName), state)))
  const debs = [...local, ...fetched].map((deb) => checkArchitecture(deb, options.arch))
  return { debs, metas: expanded.flatMap(({ meta }) => meta ?? []), unmet: chosen.unmet }
}

function isFile(request: string): boolean {
  return request.includes('/') || request.endsWith('.deb')
}

async function planRemote(
  names: readonly string[],
  files: readonly string[],
  options: ImportOptions,
): Promise<AptPackage[]> {
  const apt = { arch: debianArchitecture(options.arch).debian, signal: options.signal }
  if (!options.dependencies) return names.length === 0 ? [] : planExact(names, apt)
  return planInstall([...names, ...files.map((file) => resolve(file))], apt)
}

function choose(
  roots: readonly string[],
  local: readonly GatheredDeb[],
  remote: readonly AptPackage[],
  options: ImportOptions,
): { names: ReadonlySet<string>; unmet: readonly Unmet[] } {
  const here = new Set(local.map(({ part }) => part.control.name))
  const candidates = [...local.map(({ part }) => part.control), ...remote.map(({ control }) => control)]
  const others = remote.filter(({ control }) => !here.has(control.name))
  if (!options.dependencies) return { names: new Set(others.map(({ control }) => control.name)), unmet: [] }
  const { packages, unmet } = closure(
    roots.map((root) => realName(root, candidates)),
    availablePackages(candidates),
  )
  return { names: new Set(packages.map(({ name }) => name).filter((name) => !here.has(name))), unmet }
}

// A requested name may be virtual; apt then planned one of its providers.
function realName(name: string, candidates: readonly DebControl[]): string {
  if (candidates.some((candidate) => candidate.name === name)) return name
  return candidates.find(({ provides }) => provides.some((provided) => provided.name === name))?.name ?? name
}

async function fetchMissing(wanted: readonly AptPackage[], options: ImportOptions): Promise<void> {
  const missing: AptPackage[] = []
  for (const one of wanted) if (!(await isThere(one, options.downloadDir))) missing.push(one)
  if (missing.length === 0) return
  const stage = options.log.stage('download')
  const bytes = missing.reduce((sum, one) => sum + one.size, 0)
  let done = 0
  await download(missing, options.downloadDir, {
    arch: debianArchitecture(options.arch).debian,
    signal: options.signal,
    onFile: (item) => {
      stage.update({ item, done: ++done, total: missing.length })
      if (done % ANNOUNCED === 0) options.log.info(`downloading ${item}, ${done} of ${missing.length}`)
    },
  })
  stage.end(`${missing.length} Debian packages, ${(bytes / 1e6).toFixed(1)} MB`)
}

/** Downloads between two lines of a log that nobody watches live. */
const ANNOUNCED = 25

async function isThere(one: AptPackage, directory: string): Promise<boolean> {
  const file = join(directory, one.fileName)
  try {
    if ((await stat(file)).size !== one.size) return false
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
  return (await fileSha256(file)) === one.sha256
}

async function inspect(file: string, state: ImportState): Promise<GatheredDeb> {
  const sha256 = await fileSha256(file)
  const known = state.debs.find((deb) => deb.debSha256 === sha256)
  return { file, sha256, part: known === undefined ? await readControlPart(file) : controlPartOf(known) }
}

/** SHA-256 of a file, hex. @throws ImportError `DEB_NOT_FOUND` */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array)
  } catch (error) {
    if (!isSystemError(error)) throw error
    const problem = error.code === 'ENOENT' ? 'there is no such file' : error.message
    throw new ImportError('DEB_NOT_FOUND', `expected a Debian package at ${file}: ${problem}`, { cause: error })
  }
  return hash.digest('hex')
}

function checkArchitecture(deb: GatheredDeb, arch: string): GatheredDeb {
  const { architecture } = deb.part.control
  const wanted = debianArchitecture(arch).debian
  if (architecture === 'all' || architecture === wanted) return deb
  throw new ImportError(
    'DEB_UNREADABLE',
    `expected a package for ${wanted}, found one for ${architecture}: ${deb.file}`,
    {
      hint: 'Choose the architecture with --arch.',
    },
  )
}
