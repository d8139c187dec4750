import { type DebianVersion, type VersionStep, versionSteps } from './debian-version.ts'
import { encodeSteps } from './version-code.ts'

export interface ApkVersionOptions {
  /**
   * Adds the epoch times 10¹⁵ to the first number, so that the order holds across epochs too. Without it the epoch is
   * left out and the order holds within one epoch, which keeps `gcc` at `12.2.0` and constraints such as `gcc~12` useful.
   */
  readonly keepEpoch?: boolean
}

/**
 * Maps a Debian version to an apk version, so that a lower Debian version never becomes a higher apk version, neither
 * in apko's nor in apk-tools' comparison. Equal versions map to equal ones; different ones to different ones unless
 * they differ only far behind (the codes below hold 12 or 17 digits, see `encodeSteps`).
 *
 * | Debian | apk | rule |
 * |---|---|---|
 * | `10.0.0`, `10.0.0-0` | `10.0.0-r0` | no revision, and revision 0, are the plain version |
 * | `1.12-1` | `1.12_p1-r0` | the first number of the revision is the patch number |
 * | `12.2.0-14+deb12u1` | `12.2.0_p14-r‹code›` | what follows it is coded in the apk revision |
 * | `1.8-2~bpo1` | `1.8_p1-r1‹code›` | below `2`, above everything that starts with `1` |
 * | `1.8-0~deb1` | `1.8_rc‹code›-r0` | below the plain version |
 * | `2.0~rc1-1` | `2.0_pre‹code›_p1-r0` | an upstream pre-release |
 * | `6.2.1+dfsg1-1` | `6.2.1_p1‹code›-r‹code›` | other upstream text: above all revisions of the plain version |
 * | `1.2.a-1` | `1.2.1‹code›_p1-r0` | a component that is no number: above all numbers |
 *
 * Leading zeros are dropped (`1.05` is `1.5`): Debian reads numbers, and apk-tools would sort them as fractions.
 */
export function toApkVersion(version: DebianVersion, options: ApkVersionOptions = {}): string {
  const { numbers, rest } = splitUpstream(version.upstream)
  if (options.keepEpoch) numbers[0] = least(numbers[0]!, 10n ** 15n - 1n) + BigInt(version.epoch) * 10n ** 15n
  const revision = versionSteps(version.revision)
  const first = rest[0]?.word ?? ''
  if (first === '') return dotted(numbers) + revisionSuffix(revision)
  if (first.startsWith('~')) return `${dotted(numbers)}_pre${encodeSteps(rest, 18)}${suffixAfterPre(revision)}`
  if (first.startsWith('.~'))
    return `${dotted([...numbers, 0n])}_alpha${encodeSteps(rest, 18)}${suffixAfterPre(revision)}`
  if (first.startsWith('.')) return dotted([...numbers, ABOVE + encodeSteps(rest, 17)]) + revisionSuffix(revision)
  return dotted(numbers) + suffixAfterText(ABOVE + encodeSteps(rest, 17), revision)
}

/**
 * Version of a busybox package: the three upstream numbers and a revision, because image assemblers look applets up by
 * exactly that form (`1.35.0-r…`). Order is kept for versions of that form within one epoch.
 */
export function toBusyboxVersion(version: DebianVersion): string {
  const [first, ...tail] = versionSteps(version.revision)
  const number = least(first?.number ?? 0n, 8_999_999n)
  return `${dotted(splitUpstream(version.upstream).numbers)}-r${number * 10n ** 12n + encodeTail(tail, 12)}`
}

/** First number above every ordinary one; codes that must sort there are added to it. */
const ABOVE = 10n ** 18n
const WORDY_REVISION = 10n ** 17n

function splitUpstream(upstream: string): { numbers: bigint[]; rest: VersionStep[] } {
  const steps = versionSteps(upstream)
  const dots = steps.findIndex((step, index) => index > 0 && step.word !== '.')
  const end = dots === -1 ? steps.length : dots
  return { numbers: steps.slice(0, end).map((step) => least(step.number, ABOVE - 1n)), rest: steps.slice(end) }
}

// Revision 0 and no revision are the same to Debian, so both must give the plain version.
function revisionSuffix(steps: readonly VersionStep[]): string {
  return belowZero(steps)
    ? `_rc${encodeSteps(steps, 18)}-r0`
    : patchSuffix(steps, (patch) => (patch === 0n ? '' : `_p${patch}`))
}

// A second pre-release suffix is not allowed, so revisions below 0 become the ones without a patch number here.
function suffixAfterPre(steps: readonly VersionStep[]): string {
  return belowZero(steps) ? `-r${encodeSteps(steps, 18)}` : patchSuffix(steps, (patch) => `_p${patch}`)
}

// The code of the upstream text takes the place of the patch number, so the whole revision goes behind it.
function suffixAfterText(text: bigint, revision: readonly VersionStep[]): string {
  if (belowZero(revision)) return `_p${text - 1n}-r${ABOVE + encodeSteps(revision, 17)}`
  return `_p${text}-r${encodeSteps(revision, 16) - encodeSteps([], 16)}`
}

function belowZero([first, second]: readonly VersionStep[]): boolean {
  if (first === undefined) return false
  return (
    first.word.startsWith('~') || (first.word === '' && first.number === 0n && second?.word.startsWith('~') === true)
  )
}

function patchSuffix(steps: readonly VersionStep[], patch: (number: bigint) => string): string {
  const [first, ...tail] = steps
  if (first !== undefined && first.word !== '') return `${patch(WORDY_REVISION + encodeSteps(steps, 17))}-r0`
  const number = least(first?.number ?? 0n, WORDY_REVISION - 1n)
  if (tail.length === 0) return `${patch(number)}-r0`
  if (tail[0]!.word.startsWith('~')) return `${patch(number - 1n)}-r${ABOVE + encodeSteps(tail, 17)}`
  return `${patch(number)}-r${encodeSteps(tail, 12)}`
}

function encodeTail(tail: readonly VersionStep[], width: number): bigint {
  // The empty tail is the end of the part, not a missing first step.
  return tail.length === 0 ? encodeSteps([], width + 4) % 10n ** BigInt(width) : encodeSteps(tail, width)
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function dotted(numbers: readonly bigint[]): string {
  return numbers.join('.')
}
