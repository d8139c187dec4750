import { type Type, y } from '@apkts/config'
import type { Update } from './types.ts'

const strip = {
  stripPrefix: y.key('strip-prefix', y.string, 'text cut off the front of what is found'),
  stripSuffix: y.key('strip-suffix', y.string, 'text cut off its end'),
}

const tagFilters = {
  tagFilterPrefix: y.key('tag-filter-prefix', y.string, 'only tags that begin with this'),
  tagFilterContains: y.key('tag-filter-contains', y.string, 'only tags that contain this'),
}

const releaseMonitor = y.struct('update.release-monitor', {
  identifier: y.described('number of the project at release-monitoring.org', y.int),
  ...strip,
  versionFilterContains: y.key('version-filter-contains', y.string, 'only versions that contain this'),
  versionFilterPrefix: y.key('version-filter-prefix', y.string, 'only versions that begin with this'),
})

const github = y.struct('update.github', {
  identifier: y.described('owner/repository', y.string),
  ...strip,
  tagFilter: y.key('tag-filter', y.string, 'deprecated: use tag-filter-prefix'),
  ...tagFilters,
  useTag: y.key('use-tag', y.bool, 'look at tags instead of releases'),
})

const versionSource = y.struct('a source of update.version_data', {
  name: y.described('name of the source', y.string),
  stream: y.described('stream of versions', y.string),
  ignore: y.described('versions that are passed over', y.listOf(y.string)),
  commitSource: y.key('commit_source', y.string, 'where the commit comes from'),
  useRelease: y.key('use_release', y.bool, 'look at releases'),
})

const versionData = y.struct('update.version_data', {
  versionFormat: y.key('version_format', y.string, 'how versions are written'),
  sources: y.described('where versions are found', y.listOf(versionSource)),
})

const versionTransform = y.struct('an entry of update.version-transform', {
  match: y.described('pattern', y.string),
  replace: y.described('template', y.string),
})

const schedule = y.struct('update.schedule', {
  reason: y.described('why not at once', y.string),
  period: y.described('how often', y.string, { examples: ['daily', 'weekly', 'monthly'] }),
})

/** YAML of the `update` section. */
export const updateType: Type<Update> = y.struct('update', {
  enabled: y.described('look for new versions', y.bool),
  manual: y.described('new versions need a person', y.bool),
  requireSequential: y.key('require-sequential', y.bool, 'versions one after the other, none left out'),
  shared: y.described('several packages follow the same versions', y.bool),
  versionSeparator: y.key('version-separator', y.string, 'what stands between the parts of a version'),
  ignoreRegexPatterns: y.key('ignore-regex-patterns', y.listOf(y.string), 'versions that match are passed over'),
  releaseMonitor: y.key('release-monitor', y.optional(releaseMonitor), 'versions from release-monitoring.org'),
  github: y.described('versions from a repository on GitHub', y.optional(github)),
  git: y.described(
    'versions from the tags of the git-checkout repository',
    y.optional(y.struct('update.git', { ...strip, ...tagFilters })),
  ),
  oci: y.described(
    'versions from the tags of an image',
    y.optional(
      y.struct('update.oci', { identifier: y.described('name of the image', y.string), ...strip, ...tagFilters }),
    ),
  ),
  versionData: y.key('version_data', y.optional(versionData), 'versions from other sources'),
  versionTransform: y.key('version-transform', y.listOf(versionTransform), 'changes to what is found, in order'),
  excludeReason: y.key('exclude-reason', y.string, 'why no new versions are looked for'),
  schedule: y.described('when to look', y.optional(schedule)),
  enablePrereleaseTags: y.key('enable-prerelease-tags', y.bool, 'take pre-releases, too'),
})
