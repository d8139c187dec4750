import { compareApkoVersions, parseVersion } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import type { Candidate } from './candidate.ts'
import type { BeatenCandidate, PreferenceRule } from './types.ts'

/** What the preference of candidates depends on. */
export interface PreferenceContext {
  /** The wanted name. */
  readonly name: string
  /** The wanted tag, empty for untagged. */
  readonly pin: string
  /** The record taken before under a name. */
  existing(name: string): Candidate | undefined
  /** The version taken before of an origin. */
  originVersion(origin: string): string | undefined
}

/** The context of world entries: they are chosen without regard to what is taken already. */
export const NOTHING_TAKEN = { existing: () => undefined, originVersion: () => undefined }

export interface Choice {
  readonly taken: Candidate
  readonly beaten: readonly BeatenCandidate[]
}

/** The best of a non-empty list: a linear scan in which only a strictly preferred candidate replaces the one held. */
export function bestCandidate(candidates: readonly Candidate[], context: PreferenceContext): Choice {
  let taken = candidates[0]!
  const beaten: BeatenCandidate[] = []
  for (let i = 1; i < candidates.length; i++) {
    const challenger = candidates[i]!
    if (challenger === taken) continue
    const { sign, rule } = compareCandidates(challenger, taken, context)
    const loser = sign > 0 ? taken : challenger
    if (sign > 0) taken = challenger
    beaten.push({ package: loser.build, location: loser.location, rule })
  }
  return { taken, beaten }
}

interface Comparison {
  /** Positive when the first is preferred. */
  readonly sign: number
  readonly rule: PreferenceRule
}

type Rule = (a: Candidate, b: Candidate, context: PreferenceContext) => number

const RULES: readonly (readonly [PreferenceRule, Rule])[] = [
  ['existing', (a, b, context) => compareFlags(isExisting(a, context), isExisting(b, context))],
  ['origin', (a, b, context) => compareFlags(hasOriginVersion(a, context), hasOriginVersion(b, context))],
  ['tag', (a, b, { pin }) => compareFlags(a.tag === pin, b.tag === pin)],
  ['version-for-name', (a, b, { name }) => compareWhenBoth(a.versionFor(name), b.versionFor(name))],
  ['version', (a, b) => (a.name === b.name ? comparePackageVersions(a, b) : 0)],
  ['priority', (a, b) => comparePriorities(a.record.providerPriority, b.record.providerPriority)],
  ['package-version', comparePackageVersions],
  ['name', (a, b) => compareBytes(b.name, a.name)],
]

/** Applies the rules in order; the first that distinguishes decides. */
export function compareCandidates(a: Candidate, b: Candidate, context: PreferenceContext): Comparison {
  for (const [rule, compare] of RULES) {
    const sign = compare(a, b, context)
    if (sign !== 0) return { sign, rule }
  }
  return { sign: 0, rule: 'order' }
}

function compareFlags(a: boolean, b: boolean): number {
  return Number(a) - Number(b)
}

function isExisting({ record }: Candidate, context: PreferenceContext): boolean {
  return context.existing(record.name)?.record.version === record.version
}

function hasOriginVersion({ record }: Candidate, context: PreferenceContext): boolean {
  return record.origin !== '' && context.originVersion(record.origin) === record.version
}

function compareWhenBoth(a: string, b: string): number {
  return a === '' || b === '' ? 0 : compareVersionTexts(a, b)
}

function comparePackageVersions(a: Candidate, b: Candidate): number {
  return compareVersionTexts(a.record.version, b.record.version)
}

function comparePriorities(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a > b ? 1 : -1
}

// A version that cannot be parsed loses; of two such, the second wins.
function compareVersionTexts(a: string, b: string): number {
  if (a === b) return 0
  const versionA = parseVersion(a)
  if (versionA === undefined) return -1
  const versionB = parseVersion(b)
  if (versionB === undefined) return 1
  return compareApkoVersions(versionA, versionB)
}
