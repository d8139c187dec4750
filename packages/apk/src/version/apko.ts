/** A number of any size up to 63 bits; small ones stay plain numbers because comparing those is cheap. */
type Count = number | bigint

/** A version as apko understands it. Absent parts are 0, or `NO_PRE_SUFFIX`, which ranks above every pre-suffix. */
export interface ApkoVersion {
  readonly text: string
  readonly numbers: readonly Count[]
  /** Character code of the letter after the numbers, 0 for none. */
  readonly letter: number
  /** Rank in alpha, beta, pre, rc from 1, or `NO_PRE_SUFFIX`. */
  readonly preSuffix: number
  readonly preSuffixNumber: Count
  /** Rank in cvs, svn, git, hg, p from 1, or 0. */
  readonly postSuffix: number
  readonly postSuffixNumber: Count
  readonly revision: Count
}

export const NO_PRE_SUFFIX = 5

const PRE_SUFFIXES = ['alpha', 'beta', 'pre', 'rc']
const POST_SUFFIXES = ['cvs', 'svn', 'git', 'hg', 'p']
const GRAMMAR =
  /^([0-9]+(?:\.[0-9]+)*)([a-z]?)(?:_(alpha|beta|pre|rc)([0-9]*))?(?:_(cvs|svn|git|hg|p)([0-9]*))?(?:-r([0-9]+))?$/
const MAX_COUNT = 2n ** 63n - 1n
const SAFE_DIGITS = 15

const CACHE_LIMIT = 200_000
const cache = new Map<string, ApkoVersion | undefined>()

/**
 * Parses a version by apko's grammar, which is stricter than apk-tools': one pre-suffix, one post-suffix, no commit
 * hash, every number below 2^63. Undefined for anything else. Results are remembered, as solving asks for the same
 * few thousand texts millions of times.
 */
export function parseVersion(text: string): ApkoVersion | undefined {
  const known = cache.get(text)
  if (known !== undefined || cache.has(text)) return known
  if (cache.size >= CACHE_LIMIT) cache.clear()
  const version = parse(text)
  cache.set(text, version)
  return version
}

function parse(text: string): ApkoVersion | undefined {
  const match = GRAMMAR.exec(text)
  if (match === null) return undefined
  const [, numbers = '', letter = '', pre = '', preNumber, post = '', postNumber, revision] = match
  const counts = numbers.split('.').map(count)
  const rest = [preNumber, postNumber, revision].map(count)
  if (![...counts, ...rest].every((value) => value !== undefined)) return undefined
  const [preSuffixNumber, postSuffixNumber, revisionNumber] = rest as [Count, Count, Count]
  return {
    text,
    numbers: counts as Count[],
    letter: letter === '' ? 0 : letter.charCodeAt(0),
    preSuffix: PRE_SUFFIXES.indexOf(pre) + 1 || NO_PRE_SUFFIX,
    preSuffixNumber,
    postSuffix: POST_SUFFIXES.indexOf(post) + 1,
    postSuffixNumber,
    revision: revisionNumber,
  }
}

function count(digits: string | undefined): Count | undefined {
  if (digits === undefined || digits === '') return 0
  if (digits.length <= SAFE_DIGITS) return Number(digits)
  const value = BigInt(digits)
  if (value > MAX_COUNT) return undefined
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** Order of two versions in apko: negative, 0 or positive. */
export function compareApkoVersions(a: ApkoVersion, b: ApkoVersion): number {
  if (a === b) return 0
  return (
    compareNumbers(a.numbers, b.numbers) ||
    a.letter - b.letter ||
    a.preSuffix - b.preSuffix ||
    compareCounts(a.preSuffixNumber, b.preSuffixNumber) ||
    a.postSuffix - b.postSuffix ||
    compareCounts(a.postSuffixNumber, b.postSuffixNumber) ||
    compareCounts(a.revision, b.revision)
  )
}

function compareNumbers(a: readonly Count[], b: readonly Count[]): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const order = compareCounts(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareCounts(a: Count, b: Count): number {
  if (a < b) return -1
  return a > b ? 1 : 0
}
