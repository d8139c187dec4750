import { toApkArch } from '@apkts/config'
import { indexUrl } from '@apkts/repository'
import { ApkoError } from '../error.ts'
import type { LockedRepository } from './format.ts'

/** Repository lines as a lock file has them, for each architecture (OCI names). Throws `ApkoError` `NO_REPOSITORY`. */
export function lockRepositories(lines: readonly string[], archs: readonly string[]): LockedRepository[] {
  return archs.flatMap((arch) => lines.map((line) => lockRepository(line, toApkArch(arch))))
}

function lockRepository(line: string, arch: string): LockedRepository {
  // As in apko, the scheme goes before the tag does: that of a tagged repository stays.
  const name = `${withoutTags(withoutScheme(line))}/${arch}`
  return { name, url: indexUrl(withoutTags(line), arch), architecture: arch }
}

function withoutTags(line: string): string {
  if (!line.startsWith('@')) return line
  const blank = line.indexOf(' ')
  if (blank < 0) {
    throw new ApkoError('NO_REPOSITORY', `repository line ${JSON.stringify(line)} has a tag but no location`)
  }
  return withoutTags(line.slice(blank + 1))
}

/** The URL as names in a lock file have it. */
export function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/^http:\/\//, '')
}
