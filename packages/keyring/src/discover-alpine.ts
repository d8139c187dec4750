import { type DiscoveredKey, type FetchBytes, failure, get, listOf, member, parseJson, safeName } from './discovery.ts'

/** Whose keys are looked for, and how they are fetched. */
export interface AlpineDiscovery {
  readonly repositories: readonly string[]
  /** In apk's words: `x86_64`, `aarch64`, … */
  readonly arch: string
  readonly fetch: FetchBytes
  /** Seconds since 1970; keys deprecated before are left out. */
  readonly now: number
}

const RELEASES_URL = 'https://alpinelinux.org/releases.json'
const ALPINE_REPOSITORY = /^https?:\/\/.+\/alpine\/([^/]+)\/[^/]+$/

/** Alpine release branch of a repository (`v3.21`, `edge`); undefined for repositories of others. */
export function alpineBranch(repository: string): string | undefined {
  return ALPINE_REPOSITORY.exec(repository)?.[1]
}

/**
 * Signing keys of the Alpine branches among the repositories, from Alpine's own release list. Branches or architectures
 * it does not know give no keys.
 * @throws KeyringError `DISCOVERY` naming the URL when the list or a key cannot be fetched.
 */
export async function discoverAlpineKeys(input: AlpineDiscovery): Promise<DiscoveredKey[]> {
  const branches = new Set(input.repositories.map(alpineBranch).filter((branch) => branch !== undefined))
  if (branches.size === 0) return []
  const releases = parseJson(await get(RELEASES_URL, input.fetch), RELEASES_URL)
  const found = new Map([...branches].flatMap((branch) => listedKeys(releases, branch, input)))
  return Promise.all([...found].map(([url, expires]) => fetchKey(url, expires, input.fetch)))
}

async function fetchKey(url: string, expires: number | undefined, fetch: FetchBytes): Promise<DiscoveredKey> {
  const pem = await get(url, fetch)
  if (!pem.includes('-----BEGIN')) throw failure(url, 'the answer is no PEM file')
  return { name: keyName(url), pem, source: url, ...(expires === undefined ? {} : { expires }) }
}

function keyName(url: string): string {
  const last = url.slice(url.lastIndexOf('/') + 1)
  try {
    return safeName(decodeURIComponent(last), url)
  } catch (error) {
    if (error instanceof URIError) throw failure(url, 'its last part is badly escaped')
    throw error
  }
}

/** URLs of a branch's keys, and when they cease to count. */
function listedKeys(releases: unknown, branch: string, { arch, now }: AlpineDiscovery): [string, number | undefined][] {
  const known = listOf(member(releases, 'release_branches'))
  const release = known.find((candidate) => member(candidate, 'rel_branch') === branch)
  return listOf(member(member(release, 'keys'), arch)).flatMap((key): [string, number | undefined][] => {
    const url = member(key, 'url')
    const end = timeOf(member(key, 'deprecated_since'))
    if (typeof url !== 'string' || (end !== undefined && end <= now)) return []
    return [[url.replaceAll('%20', '@'), end]]
  })
}

/** Seconds since 1970 of a date; undefined for none. */
function timeOf(date: unknown): number | undefined {
  const time = typeof date === 'string' && date !== '' ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  return Number.isNaN(time) ? undefined : time / 1000
}
