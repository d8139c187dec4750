import type { TagMonitor, Update, VersionData } from '../recipe/types.ts'
import { type GoStruct, type GoValue, goStruct } from './values.ts'

/** The update section under the names of melange's Go types. */
export function updateView(update: Update): GoStruct {
  const { releaseMonitor, github, git, oci, versionData, schedule } = update
  return goStruct({
    Enabled: update.enabled,
    Manual: update.manual,
    RequireSequential: update.requireSequential,
    Shared: update.shared,
    VersionSeparator: update.versionSeparator,
    IgnoreRegexPatterns: update.ignoreRegexPatterns,
    ReleaseMonitor:
      releaseMonitor &&
      goStruct({
        Identifier: releaseMonitor.identifier,
        StripPrefix: releaseMonitor.stripPrefix,
        StripSuffix: releaseMonitor.stripSuffix,
        VersionFilterContains: releaseMonitor.versionFilterContains,
        VersionFilterPrefix: releaseMonitor.versionFilterPrefix,
      }),
    GitHubMonitor:
      github &&
      monitorView(github, { Identifier: github.identifier }, { TagFilter: github.tagFilter, UseTags: github.useTag }),
    GitMonitor: git && monitorView(git),
    OCIMonitor: oci && monitorView(oci, { Identifier: oci.identifier }),
    VersionData: versionData && versionDataView(versionData),
    VersionTransform: update.versionTransform.map(({ match, replace }) => goStruct({ Match: match, Replace: replace })),
    ExcludeReason: update.excludeReason,
    Schedule: schedule && goStruct({ Reason: schedule.reason, Period: schedule.period }),
    EnablePreReleaseTags: update.enablePrereleaseTags,
  })
}

type Fields = Readonly<Record<string, GoValue>>

function monitorView(monitor: TagMonitor, before: Fields = {}, after: Fields = {}): GoStruct {
  return goStruct({
    ...before,
    StripPrefix: monitor.stripPrefix,
    StripSuffix: monitor.stripSuffix,
    TagFilterPrefix: monitor.tagFilterPrefix,
    TagFilterContains: monitor.tagFilterContains,
    ...after,
  })
}

function versionDataView({ versionFormat, sources }: VersionData): GoStruct {
  return goStruct({
    VersionFormat: versionFormat,
    Sources: sources.map((source) =>
      goStruct({
        Name: source.name,
        Stream: source.stream,
        Ignore: source.ignore,
        CommitSource: source.commitSource,
        UseRelease: source.useRelease,
      }),
    ),
  })
}
