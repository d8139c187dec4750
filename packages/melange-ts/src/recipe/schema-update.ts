import { type Type, y } from '@apkts/config'
import type { Update } from './types.ts'

const strip = {
  stripPrefix: y.key('strip-prefix', y.string),
  stripSuffix: y.key('strip-suffix', y.string),
}

const tagFilters = {
  tagFilterPrefix: y.key('tag-filter-prefix', y.string),
  tagFilterContains: y.key('tag-filter-contains', y.string),
}

const releaseMonitor = y.struct('update.release-monitor', {
  identifier: y.int,
  ...strip,
  versionFilterContains: y.key('version-filter-contains', y.string),
  versionFilterPrefix: y.key('version-filter-prefix', y.string),
})

const github = y.struct('update.github', {
  identifier: y.described('owner/repository', y.string),
  ...strip,
  tagFilter: y.key('tag-filter', y.string, 'deprecated: use tag-filter-prefix'),
  ...tagFilters,
  useTag: y.key('use-tag', y.bool),
})

const versionData = y.struct('update.version_data', {
  versionFormat: y.key('version_format', y.string),
  sources: y.listOf(
    y.struct('a source of update.version_data', {
      name: y.string,
      stream: y.string,
      ignore: y.listOf(y.string),
      commitSource: y.key('commit_source', y.string),
      useRelease: y.key('use_release', y.bool),
    }),
  ),
})

/** YAML of the `update` section. */
export const updateType: Type<Update> = y.struct('update', {
  enabled: y.bool,
  manual: y.bool,
  requireSequential: y.key('require-sequential', y.bool),
  shared: y.bool,
  versionSeparator: y.key('version-separator', y.string),
  ignoreRegexPatterns: y.key('ignore-regex-patterns', y.listOf(y.string)),
  releaseMonitor: y.key('release-monitor', y.optional(releaseMonitor)),
  github: y.optional(github),
  git: y.optional(y.struct('update.git', { ...strip, ...tagFilters })),
  oci: y.optional(y.struct('update.oci', { identifier: y.string, ...strip, ...tagFilters })),
  versionData: y.key('version_data', y.optional(versionData)),
  versionTransform: y.key(
    'version-transform',
    y.listOf(y.struct('an entry of update.version-transform', { match: y.string, replace: y.string })),
  ),
  excludeReason: y.key('exclude-reason', y.string),
  schedule: y.optional(y.struct('update.schedule', { reason: y.string, period: y.string })),
  enablePrereleaseTags: y.key('enable-prerelease-tags', y.bool),
})
