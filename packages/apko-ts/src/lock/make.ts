import { checksumText } from '@apkts/apk'
import { type ImageConfig, type Locate, toApkArch, validateImageConfig } from '@apkts/config'
import { base64, compareBytes } from '@apkts/encoding'
import { type ExpandedPackage, indexUrl, packageUrl } from '@apkts/repository'
import type { Resolved } from '@apkts/solver'
import { fetchPackages } from '../build/fetch.ts'
import type { Additions } from '../environment/additions.ts'
import { gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { discoverKeys } from '../environment/discover-keys.ts'
import { readKey } from '../environment/keys.ts'
import type { ResolverName } from '../environment/resolver.ts'
import type { Session } from '../environment/session.ts'
import { ApkoError } from '../error.ts'
import type { LockedKey, LockedPackage, LockedRepository, LockedSegment, LockFile } from './format.ts'

export interface LockRequest {
  readonly config: ImageConfig
  readonly locate?: Locate
  /** Path of the configuration as given, and checksum of what was read. */
  readonly source: { readonly name: string; readonly checksum: string }
  /** OCI names. */
  readonly archs: readonly string[]
  readonly added: Additions
  readonly resolver?: ResolverName | undefined
  readonly session: Session
}

/** Resolves every architecture on its own and records what it resolved to, with the bytes of each package. */
export async function makeLockFile(request: LockRequest): Promise<LockFile> {
  const { contents } = request.config
  const validated = validateImageConfig(request.config, request.locate)
  const packages: LockedPackage[] = []
  const keyring = await lockKeyring(request)
  for (const arch of request.archs) packages.push(...(await lockArch(validated, arch, request)))
  const repositories = (lines: readonly string[]) => lockRepositories(lines, request.archs)
  return {
    version: 'v1',
    config: request.source,
    keyring,
    buildRepositories: repositories(contents.buildRepositories),
    runtimeRepositories: repositories(contents.runtimeRepositories),
    repositories: repositories(contents.repositories),
    packages,
  }
}

async function lockArch(
  config: ImageConfig,
  arch: string,
  { added, session, locate, resolver }: LockRequest,
): Promise<LockedPackage[]> {
  const facts = await gatherArchFacts(config, arch, { added, session, locate, resolver })
  const resolved = solveArch(facts, added)
  const fetched = await fetchPackages(resolved, session)
  return resolved.map((item, index) => lockPackage(item, fetched[index]!, toApkArch(arch)))
}

function lockPackage({ record, location }: Resolved, { sections }: ExpandedPackage, arch: string): LockedPackage {
  return {
    name: record.name,
    url: packageUrl(location, arch, record),
    version: record.version,
    architecture: record.arch,
    signature: sections.signature === undefined ? NO_SEGMENT : segment(sections.signature, 'sha1'),
    control: segment(sections.control, 'sha1'),
    data: segment(sections.data, 'sha256'),
    checksum: checksumText(record.checksum),
  }
}

const NO_SEGMENT: LockedSegment = { range: '', checksum: '' }

type Section = ExpandedPackage['sections']['control']

function segment({ offset, length, digest }: Section, algorithm: 'sha1' | 'sha256'): LockedSegment {
  return { range: `bytes=${offset}-${offset + length - 1}`, checksum: `${algorithm}-${base64(digest)}` }
}

async function lockKeyring({ config, archs, session }: LockRequest): Promise<LockedKey[]> {
  const { keyring, buildRepositories, repositories, runtimeRepositories } = config.contents
  const lines = [...buildRepositories, ...runtimeRepositories, ...repositories]
  const found = await Promise.all(archs.map((arch) => discoverKeys(lines, toApkArch(arch), session)))
  const discovered = new Map(found.flat().map(({ source, pem }) => [source, { url: source, content: pem }]))
  session.log.info(`Discovered ${discovered.size} auto-discovered keys`)
  const configured = await Promise.all(keyring.map(async (url) => ({ url, content: await readKey(url, session) })))
  return [...configured, ...discovered.values()]
    .map(({ url, content }) => ({ name: withoutScheme(url), url, content }))
    .sort((a, b) => compareBytes(a.name, b.name))
}

function lockRepositories(lines: readonly string[], archs: readonly string[]): LockedRepository[] {
  return archs.flatMap((arch) => lines.map((line) => lockRepository(line, toApkArch(arch))))
}

function lockRepository(line: string, arch: string): LockedRepository {
  const location = withoutTags(line)
  return { name: withoutScheme(`${location}/${arch}`), url: indexUrl(location, arch), architecture: arch }
}

function withoutTags(line: string): string {
  if (!line.startsWith('@')) return line
  const blank = line.indexOf(' ')
  if (blank < 0) {
    throw new ApkoError('NO_REPOSITORY', `repository line ${JSON.stringify(line)} has a tag but no location`)
  }
  return withoutTags(line.slice(blank + 1))
}

function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/^http:\/\//, '')
}
