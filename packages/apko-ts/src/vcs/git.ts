import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'

/** A directory that is no readable git repository; never shown to users, probing goes on. */
export class GitError extends Error {
  override readonly name = 'GitError'
}

const HASH = /^[0-9a-f]{40}([0-9a-f]{24})?$/
const MAX_REF_DEPTH = 5

/** First URL of the remote `origin`. `gitPath` is the `.git` directory or file. Throws `GitError`. */
export async function readOriginUrl(gitPath: string): Promise<string> {
  const { common } = await locateRepository(gitPath)
  const url = findRemoteUrl(await readText(join(common, 'config')), 'origin')
  if (url === undefined) throw new GitError('there is no remote named origin')
  return url
}

/** Full hash of the commit HEAD names. Throws `GitError` before the first commit. */
export async function readGitHead(gitPath: string): Promise<string> {
  const repository = await locateRepository(gitPath)
  let value = (await readText(join(repository.own, 'HEAD'))).trim()
  for (let depth = 0; depth < MAX_REF_DEPTH; depth++) {
    if (HASH.test(value)) return value
    const ref = /^ref:\s*(\S+)$/.exec(value)?.[1]
    if (ref === undefined || ref.split('/').includes('..')) throw new GitError(`unreadable reference ${value}`)
    value = await readRef(repository, ref)
  }
  throw new GitError('references point at each other')
}

interface Repository {
  /** Directory of this working tree's HEAD. */
  readonly own: string
  /** Directory of what linked working trees share. */
  readonly common: string
}

async function locateRepository(gitPath: string): Promise<Repository> {
  const own = (await isDirectory(gitPath)) ? gitPath : await followGitFile(gitPath)
  const common = await readOptional(join(own, 'commondir'))
  return { own, common: common === undefined ? own : resolveFrom(own, common.trim()) }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error)) throw new GitError(`${path} cannot be read (${error.code})`)
    throw error
  }
}

async function followGitFile(path: string): Promise<string> {
  const target = /^gitdir:\s*(.+)$/m.exec(await readText(path))?.[1]
  if (target === undefined) throw new GitError(`${path} names no git directory`)
  return resolveFrom(dirname(path), target.trim())
}

async function readRef({ own, common }: Repository, ref: string): Promise<string> {
  const loose = (await readOptional(join(own, ref))) ?? (await readOptional(join(common, ref)))
  if (loose !== undefined) return loose.trim()
  const packed = (await readOptional(join(common, 'packed-refs'))) ?? ''
  const line = packed.split('\n').find((text) => text.endsWith(` ${ref}`))
  if (line === undefined) throw new GitError(`${ref} does not exist`)
  return line.slice(0, line.indexOf(' '))
}

/** URL of a remote in the text of a git configuration; undefined when it has none. */
export function findRemoteUrl(config: string, remote: string): string | undefined {
  let inRemote = false
  for (const line of config.split('\n')) {
    const section = /^\s*\[(.*)\]\s*([#;].*)?$/.exec(line)?.[1]
    if (section !== undefined) inRemote = section.trim() === `remote "${remote}"`
    const url = inRemote ? /^\s*url\s*=\s*(.*?)\s*$/i.exec(line)?.[1] : undefined
    if (url !== undefined && url !== '') return url.replace(/^"(.*)"$/, '$1')
  }
  return undefined
}

function resolveFrom(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path)
}

async function readText(path: string): Promise<string> {
  const text = await readOptional(path)
  if (text === undefined) throw new GitError(`${path} cannot be read`)
  return text
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}
