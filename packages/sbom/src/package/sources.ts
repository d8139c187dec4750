import { sha256Hex } from '@apkts/encoding'
import { SbomError } from '../error.ts'
import { NOASSERTION, type SpdxChecksum, type SpdxPackage } from '../spdx.ts'
import { organization, packageId } from './names.ts'
import { type PackageUrl, purlReference } from './purl.ts'
import type { FetchSource, GitSource, PackageSbomInput, Source } from './types.ts'

/**
 * The package that describes where a source came from; undefined for a checkout of whatever a branch points to.
 * @throws SbomError `SOURCE_URL` when a repository is no URL.
 */
export function sourcePackage(source: Source, input: PackageSbomInput): SpdxPackage | undefined {
  return source.kind === 'fetch' ? fetchPackage(source, input) : gitPackage(source, input)
}

function fetchPackage(source: FetchSource, { namespace }: PackageSbomInput): SpdxPackage {
  const checksum =
    source.sha512 !== '' ? `sha512:${source.sha512}` : source.sha256 === '' ? '' : `sha256:${source.sha256}`
  const purl = {
    type: 'generic',
    name: source.purlName,
    version: source.purlVersion,
    qualifiers: { checksum, download_url: source.uri },
  }
  return {
    ...common(purl),
    SPDXID: packageId('Source', source.purlName, source.purlVersion, String(source.index)),
    name: source.purlName,
    versionInfo: source.purlVersion,
    licenseDeclared: NOASSERTION,
    downloadLocation: source.uri,
    originator: organization(namespace),
    supplier: organization(namespace),
    checksums: checksums(source),
  }
}

function common(purl: PackageUrl) {
  return {
    filesAnalyzed: false,
    licenseConcluded: NOASSERTION,
    primaryPackagePurpose: 'SOURCE',
    externalRefs: [purlReference(purl)],
  }
}

function checksums({ sha256, sha512 }: FetchSource): SpdxChecksum[] {
  return [
    { algorithm: 'SHA256', checksumValue: sha256 },
    { algorithm: 'SHA512', checksumValue: sha512 },
  ].filter(({ checksumValue }) => checksumValue !== '')
}

function gitPackage(source: GitSource, input: PackageSbomInput): SpdxPackage | undefined {
  if (source.tag === '' && source.commit === '') return undefined
  const version = source.tag || source.commit
  const repository = parseRepository(source.repository)
  const origin =
    repository.host === 'github.com' ? githubOrigin(repository, source) : otherOrigin(repository, source, input)
  const parts = [source.repository.replace(/^https?:\/\//, ''), source.branch, source.tag, source.commit]
  return {
    ...common({ ...origin.purl, version }),
    SPDXID: packageId('Source', ...parts.filter((part) => part !== ''), String(source.index)),
    name: origin.name,
    versionInfo: version,
    licenseDeclared: input.license || NOASSERTION,
    downloadLocation: origin.downloadLocation,
    originator: organization(origin.namespace),
    supplier: organization(origin.namespace),
  }
}

interface Repository {
  readonly scheme: string
  readonly host: string
  /** Without the first slash. */
  readonly path: string
}

function parseRepository(url: string): Repository {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/:]*)(?::\d+)?\/([^?#]*)/.exec(url)
  if (match !== null) return { scheme: match[1]!, host: match[2]!, path: match[3]! }
  throw new SbomError('SOURCE_URL', `expected the URL of a git repository, found ${JSON.stringify(url)}`, {
    hint: 'write git@host:path as ssh://git@host/path',
  })
}

function githubOrigin({ scheme, path }: Repository, source: GitSource) {
  const [namespace = '', ...rest] = path.split('/')
  const name = rest.join('/').replace(/\.git$/, '')
  const purl = { type: 'github', namespace: namespace.toLowerCase(), name: name.toLowerCase() }
  const archive = `${source.commit || source.tag}.tar.gz`
  return { name, namespace, purl, downloadLocation: `${scheme}://github.com/${namespace}/${name}/archive/${archive}` }
}

function otherOrigin({ path }: Repository, source: GitSource, { namespace }: PackageSbomInput) {
  const name = path.replace(/\.git$/, '')
  const prefix = source.repository.startsWith('git') ? '' : 'git+'
  const vcsUrl = `${prefix}${source.repository}${source.commit === '' ? '' : `@${source.commit}`}`
  const archive = `${sha256Hex(name)}-${source.commit || source.tag}.tar.gz`
  return {
    name,
    namespace,
    purl: { type: 'generic', name, qualifiers: { vcs_url: vcsUrl } },
    downloadLocation: `https://tarballs.cgr.dev/${name.slice(0, 1)}/${archive}`,
  }
}
