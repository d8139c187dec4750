import { dirname, join, resolve } from 'node:path'
import { type Log, messageOf, silentLog } from '@apkts/diagnostics'
import { GitError, readGitHead, readOriginUrl } from './git.ts'

export interface ProbeOptions {
  /** Configuration file. */
  readonly config: string
  /** The search stops here, the working directory. */
  readonly top: string
  readonly log?: Log
}

/**
 * `url@revision` of the git repository that holds the configuration, or an empty text. Looks at the configuration's
 * directory and its parents up to the working directory; a repository whose root lies above that is not found.
 */
export async function probeVcs({ config, top, log = silentLog }: ProbeOptions): Promise<string> {
  const start = resolve(top, dirname(config))
  if (!start.startsWith(top)) return ''
  for (let directory = start; ; directory = dirname(directory)) {
    try {
      return await describeRepository(directory)
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      log.debug(`no version control facts from ${directory}: ${messageOf(error)}`)
    }
    if (directory === top || directory === dirname(directory)) return ''
  }
}

async function describeRepository(directory: string): Promise<string> {
  const gitPath = join(directory, '.git')
  const url = await readOriginUrl(gitPath)
  return `${normaliseRemote(url)}@${await readGitHead(gitPath)}`
}

const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/

/** The remote's URL without user info; `git@host:org/repo` becomes `git+ssh://host/org/repo`, paths stay as they are. */
export function normaliseRemote(url: string): string {
  if (SCHEME.test(url)) return withoutUserInfo(url)
  const firstSegment = url.split('/', 1)[0] ?? ''
  if (!firstSegment.includes(':')) return url
  return withoutUserInfo(`git+ssh://${url.replace(':', '/')}`)
}

function withoutUserInfo(url: string): string {
  return url.replace(/^([^:/?#]+:\/\/)[^/?#]*@/, '$1')
}
