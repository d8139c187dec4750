import { compareVersions, isValidVersion, type PackageRecord } from '@apkts/apk'
import { ScaError } from './error.ts'

export interface VersionedLibraries {
  /** Packages of the repositories that the build environment came from. */
  readonly records: Iterable<PackageRecord>
  /** Packages of the build environment: name → version. */
  readonly installed: ReadonlyMap<string, string>
  /** Packages of this build. */
  readonly built: ReadonlySet<string>
  /** `<version>-r<epoch>` of this build. */
  readonly version: string
}

/**
 * Tells for a library the oldest version of its package that a dependent may run with: the one it was linked against. For
 * libraries that only this build provides that is this build's version; undefined when the provider keeps no versions.
 */
export function versionedLibraries(options: VersionedLibraries): (library: string) => string | undefined {
  const providers = providersByLibrary(options.records)
  return (library) => {
    if (/^ld-linux-(?:x86-64|aarch64)\.so/.test(library)) return undefined
    const candidates = providers.get(library)
    return candidates === undefined ? options.version : versionAmong(library, candidates, options)
  }
}

function providersByLibrary(records: Iterable<PackageRecord>): Map<string, PackageRecord[]> {
  const providers = new Map<string, PackageRecord[]>()
  for (const record of records) {
    for (const provide of record.provides) {
      const library = /^so:([^=<>~]*)/.exec(provide)?.[1]
      if (library === undefined) continue
      const known = providers.get(library)
      if (known === undefined) providers.set(library, [record])
      else known.push(record)
    }
  }
  for (const known of providers.values()) known.sort((a, b) => (b.buildTime ?? 0) - (a.buildTime ?? 0))
  return providers
}

function versionAmong(
  library: string,
  candidates: readonly PackageRecord[],
  { installed, built, version }: VersionedLibraries,
): string | undefined {
  for (const candidate of candidates) {
    if (built.has(candidate.name)) return version
    const current = installed.get(candidate.name)
    if (current === undefined) continue
    if (compareVersions(candidate.version, current) < 0) throw outdated(library, candidate, current)
    return keepsVersions(library, candidate) ? current : undefined
  }
  return undefined
}

function keepsVersions(library: string, { provides }: PackageRecord): boolean {
  const prefix = `so-ver:${library}=`
  return provides.some((name) => name.startsWith(prefix) && isValidVersion(name.slice(prefix.length)))
}

function outdated(library: string, { name, version }: PackageRecord, installed: string): ScaError {
  return new ScaError(
    'PROVIDER_OUTDATED',
    `${library} is provided by ${name}-${version}, which is older than ${name}-${installed} in the build environment`,
    { hint: 'the repositories disagree with the environment; build again with fresh indexes' },
  )
}
