import { checksumText } from '@apkts/apk'
import { type ImageConfig, type Locate, toApkArch, validateImageConfig } from '@apkts/config'
import { base64, compareBytes } from '@apkts/encoding'
import type { Keys } from '@apkts/keyring'
import { type ExpandedPackage, packageUrl } from '@apkts/repository'
import type { Resolved } from '@apkts/solver'
import { fetchPackages } from '../build/fetch.ts'
import type { Additions } from '../environment/additions.ts'
import { gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { discoverKeys } from '../environment/discover-keys.ts'
import { readKey } from '../environment/keys.ts'
import type { Resolving } from '../environment/resolver.ts'
import type { Session } from '../environment/session.ts'
import type { LockedKey, LockedPackage, LockedSegment, LockFile } from './format.ts'
import { type KeptLock, keepLocked } from './keep.ts'
import { lockRepositories, withoutScheme } from './repositories.ts'

/** A configuration to be locked. */
export interface LockRequest extends Resolving {
  readonly config: ImageConfig
  readonly locate?: Locate
  /** Path of the configuration as given, and checksum of what was read. */
  readonly source: { readonly name: string; readonly checksum: string }
  /** OCI names. */
  readonly archs: readonly string[]
  readonly added: Additions
  readonly session: Session
  /** An earlier lock file, and what of it may move; without it everything is resolved anew. */
  readonly keep?: KeptLock | undefined
}

/** A lock file with what its packages and keys were found as. */
export interface MadeLock {
  readonly lock: LockFile
  readonly archs: readonly LockedArch[]
}

export interface LockedArch {
  /** Repository spelling. */
  readonly arch: string
  /** Keys that an image of this architecture gets. */
  readonly keys: Keys
  readonly packages: readonly Resolved[]
}

/** The lock file of `makeLock`. */
export async function makeLockFile(request: LockRequest): Promise<LockFile> {
  return (await makeLock(request)).lock
}

/** Resolves every architecture on its own and records what it resolved to, with the bytes of each package. */
export async function makeLock(request: LockRequest): Promise<MadeLock> {
  const { contents } = request.config
  validateImageConfig(request.config, request.locate)
  const packages: LockedPackage[] = []
  const archs: LockedArch[] = []
  const keyring = await lockKeyring(request)
  for (const arch of request.archs) {
    const locked = await lockArch(arch, request)
    archs.push(locked)
    packages.push(...locked.entries)
  }
  const repositories = (lines: readonly string[]) => lockRepositories(lines, request.archs)
  const lock = {
    version: 'v1',
    config: request.source,
    keyring,
    buildRepositories: repositories(contents.buildRepositories),
    runtimeRepositories: repositories(contents.runtimeRepositories),
    repositories: repositories(contents.repositories),
    packages,
  }
  return { lock, archs }
}

/** The packages one architecture (OCI name) is locked to, in installation order, and its keys. Fetches no package. */
export async function resolveForLock(arch: string, request: LockRequest): Promise<LockedArch> {
  const { config, added, session, locate, resolver, strict, keep } = request
  const validated = validateImageConfig(config, locate)
  const facts = await gatherArchFacts(validated, arch, { added, session, locate, resolver, strict })
  const fresh = solveArch(facts, added)
  const packages = keep === undefined ? fresh : keepLocked(facts, { added, fresh, keep })
  return { arch: toApkArch(arch), keys: facts.keys, packages }
}

async function lockArch(
  arch: string,
  request: LockRequest,
): Promise<LockedArch & { readonly entries: readonly LockedPackage[] }> {
  const locked = await resolveForLock(arch, request)
  const fetched = await fetchPackages(locked.packages, request.session)
  const entries = locked.packages.map((item, index) => lockPackage(item, fetched[index]!, locked.arch))
  return { ...locked, entries }
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
