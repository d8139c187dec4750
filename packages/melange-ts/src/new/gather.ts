import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { isSystemError, type Log } from '@apkts/diagnostics'
import { detectLicenses } from '../license/index.ts'
import { cloneOnly } from '../source/checkout.ts'
import { SourceError } from '../source/error.ts'
import { git } from '../source/tool.ts'
import { downloadSource, unpackInto } from '../source/unpack.ts'
import { namesInUrl } from './names.ts'
import { detectProject } from './project.ts'
import type { Origin, SkeletonFacts } from './recipe.ts'

export interface GatherOptions {
  readonly log: Log
  readonly signal: AbortSignal
  /** Tag or branch of a repository. */
  readonly tag: string
  stream(uri: string): AsyncIterable<Uint8Array>
}

interface Tree {
  readonly directory: string
  readonly origin: Origin
  readonly name?: string | undefined
  /** When the sources do not say it either. */
  readonly otherName?: string | undefined
  readonly version?: string | undefined
}

/** What can be told about a project from a directory, an archive's URL, or a git repository's URL. */
export async function gatherFacts(source: string, options: GatherOptions): Promise<SkeletonFacts> {
  const temporary = await mkdtemp(join(tmpdir(), 'melange-new-'))
  try {
    return await factsOf(await openTree(source, temporary, options), source)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function openTree(source: string, temporary: string, options: GatherOptions): Promise<Tree> {
  if (isGit(source)) return await cloneTree(source, join(temporary, 'tree'), options)
  if (/^https?:\/\//.test(source)) return await fetchTree(source, temporary, options)
  return await localTree(source, options)
}

function isGit(source: string): boolean {
  if (/^(?:git|ssh):\/\/|^https?:\/\/.*\.git$/.test(source)) return true
  return /^https:\/\/(?:github\.com|gitlab\.com|codeberg\.org)\/[^/]+\/[^/]+\/?$/.test(source)
}

async function cloneTree(repository: string, directory: string, { log, signal, tag }: GatherOptions): Promise<Tree> {
  log.info(`cloning ${repository}`)
  await cloneOnly({ repository, reference: tag }, directory, signal)
  const commit = (await git(['rev-parse', 'HEAD'], { cwd: directory, signal })).stdout.trim()
  const name = repository.replace(/\/+$/, '').replace(/\.git$/, '')
  return {
    directory,
    origin: { kind: 'git', repository, tag, commit },
    name: basename(name),
    version: tag === '' ? undefined : tag.replace(/^\D+(?=\d)/, ''),
  }
}

async function fetchTree(uri: string, temporary: string, { log, signal, stream }: GatherOptions): Promise<Tree> {
  log.info(`fetching ${uri}`)
  const file = join(temporary, 'source')
  const { sha256 } = await downloadSource(file, uri, { stream, signal })
  await unpackInto(file, join(temporary, 'tree'), { uri, strip: 1, signal })
  return { directory: join(temporary, 'tree'), origin: { kind: 'archive', uri, sha256 }, ...namesInUrl(uri) }
}

async function localTree(directory: string, { signal, tag }: GatherOptions): Promise<Tree> {
  await requireDirectory(directory)
  const inside = { cwd: directory, signal }
  const ask = async (...args: string[]): Promise<string> => {
    const { ok, stdout } = await git(args, inside)
    return ok ? stdout.trim() : ''
  }
  const otherName = basename(resolve(directory))
  const repository = await ask('remote', 'get-url', 'origin')
  const commit = await ask('rev-parse', '--verify', 'HEAD')
  const isTop = resolve(await ask('rev-parse', '--show-toplevel')) === resolve(directory)
  if (!isTop || !/^https:\/\//.test(repository) || commit === '')
    return { directory, origin: { kind: 'directory', path: directory }, otherName }
  const found = tag || (await ask('describe', '--tags', '--exact-match'))
  const version = found === '' ? undefined : found.replace(/^\D+(?=\d)/, '')
  return { directory, origin: { kind: 'git', repository, tag: found, commit }, otherName, version }
}

async function requireDirectory(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
  throw new SourceError('NO_SOURCE', `${path} is no directory, and no URL of an archive or a git repository`)
}

async function factsOf({ directory, origin, ...known }: Tree, source: string): Promise<SkeletonFacts> {
  const project = await detectProject(directory)
  if (project === undefined) {
    const names = (await readdir(directory)).slice(0, 20).join(', ')
    throw new SourceError('NO_SOURCE', `no build system is recognised in ${source}`, {
      notes: [`found ${names === '' ? 'nothing' : names}`],
      hint: 'autotools, cmake, meson, go, cargo, python, npm, perl and make are known',
    })
  }
  const detections = await detectLicenses(directory, { scan: 'shallow', named: [] })
  return {
    name: known.name ?? project.name ?? known.otherName ?? 'package',
    version: known.version ?? project.version ?? '0',
    project,
    origin,
    licenses: detections.flatMap(({ license }) => license ?? []),
  }
}
