import type { ApkLimits, PackageRecord } from '@apkts/apk'
import { packageFileName } from '@apkts/apk'
import type { KeyPolicy, Keys } from '@apkts/keyring'
import pLimit from 'p-limit'
import { verifyIndexBytes } from './index-file.ts'
import { verifyPackageStream } from './package.ts'
import type { Fault, Report } from './types.ts'

/** Where the files of a repository come from. */
export interface RepositorySource {
  /** Path or URL, for messages. */
  readonly location: string
  /** Architectures that have an index; empty when there is none at all. */
  archs(): Promise<readonly string[]>
  /** Path or URL of a file of one architecture. */
  path(arch: string, name: string): string
  /** Bytes of the index, read whole. */
  index(arch: string): Promise<Uint8Array>
  /** A package; undefined when there is no such file. */
  open(arch: string, name: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** Names of the package files of one architecture, where they can be listed. */
  packages(arch: string): Promise<readonly string[] | undefined>
}

export interface VerifyRepositoryInput {
  readonly source: RepositorySource
  readonly keys: Keys
  readonly limits?: ApkLimits
  readonly policy?: KeyPolicy | undefined
  /** Told before each package. */
  readonly onPackage?: (name: string) => void
}

export const INDEX_NAME = 'APKINDEX.tar.gz'
const PARALLEL = 4

/** Checks every index of a repository and every package its indexes list. */
export async function verifyRepository(input: VerifyRepositoryInput): Promise<Report> {
  const { source } = input
  const parts: Report[] = []
  const archs = await source.archs()
  for (const arch of archs) parts.push(...(await verifyArch(arch, input)))
  const faults = archs.length > 0 ? [] : [noIndex(source)]
  const packages = parts.filter(({ kind }) => kind === 'package').length
  const summary = `${archs.join(', ') || 'no architecture'}: ${packages} ${packages === 1 ? 'package' : 'packages'} checked`
  return { kind: 'repository', subject: source.location, summary, faults, warnings: [], parts }
}

function noIndex({ location }: RepositorySource): Fault {
  return { code: 'INDEX_MISSING', at: location, message: `no architecture with an ${INDEX_NAME} was found` }
}

async function verifyArch(
  arch: string,
  { source, keys, limits, policy, onPackage }: VerifyRepositoryInput,
): Promise<Report[]> {
  const subject = source.path(arch, INDEX_NAME)
  const shared = { keys, policy, ...(limits === undefined ? {} : { limits }) }
  const { report, records } = verifyIndexBytes({ subject, bytes: await source.index(arch), ...shared })
  const limit = pLimit(PARALLEL)
  const checked = await Promise.all(
    records.map((record) =>
      limit(async () => {
        onPackage?.(packageFileName(record))
        return verifyListed(arch, record, report, source, shared)
      }),
    ),
  )
  return [{ ...report, warnings: [...report.warnings, ...(await unlisted(arch, records, source))] }, ...checked]
}

async function verifyListed(
  arch: string,
  record: PackageRecord,
  index: Report,
  source: RepositorySource,
  shared: Pick<VerifyRepositoryInput, 'keys' | 'limits' | 'policy'>,
): Promise<Report> {
  const name = packageFileName(record)
  const subject = source.path(arch, name)
  const bytes = name.includes('/') ? undefined : await source.open(arch, name)
  if (bytes === undefined) {
    const fault = { code: 'PACKAGE_MISSING', at: subject, message: `${index.subject} lists it, but it is not there` }
    return { kind: 'package', subject, summary: 'missing', faults: [fault], warnings: [], parts: [] }
  }
  const report = await verifyPackageStream({ subject, bytes, record, ...shared })
  const { vouched: _, ...own } = report
  return index.trust?.state === 'trusted' ? report : own
}

async function unlisted(arch: string, records: readonly PackageRecord[], source: RepositorySource): Promise<Fault[]> {
  const listed = new Set(records.map(packageFileName))
  const names = (await source.packages(arch)) ?? []
  return names
    .filter((name) => !listed.has(name))
    .map((name) => ({
      code: 'PACKAGE_UNLISTED',
      at: source.path(arch, name),
      message: 'no record of the index is about it',
    }))
}
