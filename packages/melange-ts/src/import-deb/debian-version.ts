import { ImportError } from './error.ts'

/** A Debian package version, deb-version(7): `[epoch:]upstream[-revision]`. */
export interface DebianVersion {
  readonly epoch: number
  readonly upstream: string
  /** Empty when there is none; an absent revision equals the revision `0`. */
  readonly revision: string
}

/** Parses a Debian version by the rules of deb-version(7) and dpkg. @throws ImportError `DEB_VERSION_INVALID` */
export function parseDebianVersion(text: string): DebianVersion {
  const match = /^(?:(\d{1,9}):)?(\d[A-Za-z0-9.+:~-]*)$/.exec(text)
  if (match === null) throw invalid(text)
  const body = match[2]!
  if (match[1] === undefined && body.includes(':')) throw invalid(text)
  const dash = body.lastIndexOf('-')
  const upstream = dash === -1 ? body : body.slice(0, dash)
  const revision = dash === -1 ? '' : body.slice(dash + 1)
  if (dash !== -1 && !/^[A-Za-z0-9.+~]+$/.test(revision)) throw invalid(text)
  return { epoch: Number(match[1] ?? 0), upstream, revision }
}

/** Compares two Debian versions the way `dpkg --compare-versions` does. Negative, zero or positive. */
export function compareDebianVersions(a: DebianVersion, b: DebianVersion): number {
  return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision)
}

/** One step of the alternating walk through a version part: a word without digits, then a number. */
export interface VersionStep {
  readonly word: string
  readonly number: bigint
}

/** Splits an upstream version or revision into its steps; the last one may lack its number, which then counts as 0. */
export function versionSteps(part: string): VersionStep[] {
  const steps: VersionStep[] = []
  for (const match of part.matchAll(/([^0-9]*)([0-9]*)/g)) {
    if (match[0] === '') continue
    steps.push({ word: match[1]!, number: BigInt(match[2]! || 0) })
  }
  return steps
}

/** Rank of a character inside a word: `~` before the end of the word, letters after it, everything else last. */
export function characterRank(char: string | undefined): number {
  if (char === '~') return -1
  if (char === undefined) return 0
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256
}

/** Order of two words of a version part, deb-version(7). */
export function compareWords(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = characterRank(a[i]) - characterRank(b[i])
    if (order !== 0) return order
  }
  return 0
}

function compareParts(a: string, b: string): number {
  const left = versionSteps(a)
  const right = versionSteps(b)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? END
    const y = right[i] ?? END
    const order = compareWords(x.word, y.word)
    if (order !== 0) return order
    if (x.number !== y.number) return x.number < y.number ? -1 : 1
  }
  return 0
}

const END: VersionStep = { word: '', number: 0n }

function invalid(text: string): ImportError {
  return new ImportError(
    'DEB_VERSION_INVALID',
    `expected a Debian version [epoch:]upstream[-revision], found "${text}"`,
  )
}
