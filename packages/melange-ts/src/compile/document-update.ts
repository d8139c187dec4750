import type { JsonValue } from '@apkts/encoding'
import type { TagMonitor, Update, VersionData } from '../recipe/types.ts'
import { type Form, flag, list, type Members, text } from './form.ts'

/** The update section; YAML leaves it out when nothing is set and otherwise shows its first three switches. */
export function update(given: Update, form: Form): Members | undefined {
  const switches =
    form === 'json'
      ? { manual: flag(given.manual), 'require-sequential': flag(given.requireSequential) }
      : { manual: given.manual, 'require-sequential': given.requireSequential }
  if (form === 'yaml' && isUnset(given)) return undefined
  return {
    enabled: given.enabled,
    ...switches,
    shared: flag(given.shared),
    'version-separator': text(given.versionSeparator),
    'ignore-regex-patterns': list(given.ignoreRegexPatterns),
    ...monitors(given),
    'version-transform': list(given.versionTransform.map(({ match, replace }) => ({ match, replace }))),
    'exclude-reason': text(given.excludeReason),
    schedule: given.schedule && { reason: text(given.schedule.reason), period: text(given.schedule.period) },
    'enable-prerelease-tags': flag(given.enablePrereleaseTags),
  }
}

function isUnset(given: Update): boolean {
  return Object.values(given).every(
    (value) => value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0),
  )
}

function monitors({ releaseMonitor, github, git, oci, versionData }: Update): Members {
  return {
    'release-monitor': releaseMonitor && {
      identifier: releaseMonitor.identifier,
      ...strip(releaseMonitor),
      'version-filter-contains': text(releaseMonitor.versionFilterContains),
      'version-filter-prefix': text(releaseMonitor.versionFilterPrefix),
    },
    github: github && {
      identifier: github.identifier,
      ...strip(github),
      'tag-filter': text(github.tagFilter),
      ...tagFilters(github),
      'use-tag': flag(github.useTag),
    },
    git: git && { ...strip(git), ...tagFilters(git) },
    oci: oci && { identifier: oci.identifier, ...strip(oci), ...tagFilters(oci) },
    version_data: versionData && versionDataDocument(versionData),
  }
}

function strip(monitor: Pick<TagMonitor, 'stripPrefix' | 'stripSuffix'>): Members {
  return { 'strip-prefix': text(monitor.stripPrefix), 'strip-suffix': text(monitor.stripSuffix) }
}

function tagFilters(monitor: TagMonitor): Members {
  return {
    'tag-filter-prefix': text(monitor.tagFilterPrefix),
    'tag-filter-contains': text(monitor.tagFilterContains),
  }
}

function versionDataDocument({ versionFormat, sources }: VersionData): JsonValue {
  return {
    version_format: versionFormat,
    sources: sources.map((source) => ({
      name: source.name,
      stream: text(source.stream),
      ignore: list(source.ignore),
      commit_source: text(source.commitSource),
      use_release: flag(source.useRelease),
    })),
  }
}
