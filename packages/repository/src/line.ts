import { sortedUnique } from '@apkts/encoding'
import { RepositoryError } from './error.ts'

/** A line of `/etc/apk/repositories`, as apko reads it. */
export interface RepositoryLine {
  /** The tag of `@tag location`, or empty. */
  readonly tag: string
  /** URL or path, without architecture. */
  readonly location: string
}

/**
 * Takes a repository line apart: `@tag location` or a location alone. There are no comments, and a location is kept as
 * written.
 * @throws RepositoryError `REPOSITORY_LINE` for a tag without location.
 */
export function parseRepositoryLine(line: string): RepositoryLine {
  if (!line.startsWith('@')) return { tag: '', location: line }
  const [tag = '', location] = line.split(/\s+/)
  if (location === undefined || location === '') {
    throw new RepositoryError('REPOSITORY_LINE', `repository line "${line}" has a tag but no location`, {
      hint: 'Write "@tag https://host/path", or leave the tag out.',
    })
  }
  return { tag: tag.slice(1), location }
}

/**
 * The repository lines of one use: a sorted set of whole lines, so that the order of a configuration means nothing.
 * @throws RepositoryError `NO_REPOSITORY` when the lists are empty.
 */
export function buildRepositoryList(...lists: readonly (readonly string[])[]): string[] {
  const lines = sortedUnique(lists.flat())
  if (lines.length > 0) return lines
  throw new RepositoryError('NO_REPOSITORY', 'must provide at least one repository', {
    hint: 'Add one under contents.repositories or with --repository-append.',
  })
}

/** True for locations reached over HTTP; everything else is a path of the operating system. */
export function isRemote(location: string): boolean {
  return location.startsWith('http://') || location.startsWith('https://')
}
