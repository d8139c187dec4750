import { parseGoDuration } from '@apkts/encoding'
import { oldBool, type ResolvedScalar, resolvePlain } from './scalar.ts'
import { type ScalarKind, zeroScalar } from './types.ts'

export interface ScalarText {
  readonly text: string
  /** Written without quotes and not as a block. */
  readonly plain: boolean
  /** Explicit tag in short form, such as `!!binary`. */
  readonly tag: string | undefined
}

export type Converted =
  | { readonly ok: true; readonly value: string | number | bigint | boolean }
  | { readonly ok: false; readonly expected: string }

/** Meaning of the scalar as written, explicit tags considered. */
export function resolveScalar({ text, plain, tag }: ScalarText): ResolvedScalar {
  if (tag === '!!str' || tag === '!!binary' || tag === '!') return { kind: 'string' }
  if (tag === '!!null') return { kind: 'null' }
  const resolvable = plain || (tag !== undefined && /^!!(int|float|bool)$/.test(tag))
  return resolvable ? resolvePlain(text) : { kind: 'string' }
}

/** Converts a scalar that is not null to the type of its field; the text of a string is never normalised. */
export function convertScalar(kind: ScalarKind, scalar: ScalarText): Converted {
  if (kind === 'string') return convertString(scalar)
  const resolved = resolveScalar(scalar)
  if (resolved.kind === 'null') return { ok: true, value: zeroScalar(kind) }
  if (kind === 'bool') return convertBool(scalar.text, resolved)
  if (kind === 'duration') return convertDuration(scalar.text, resolved)
  return convertNumber(kind, resolved)
}

function convertString({ text, tag }: ScalarText): Converted {
  if (tag !== '!!binary') return { ok: true, value: text }
  const body = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body) || body.length % 4 !== 0) return { ok: false, expected: 'base64 text' }
  return { ok: true, value: Buffer.from(body, 'base64').toString('utf8') }
}

function convertBool(text: string, resolved: ResolvedScalar): Converted {
  if (resolved.kind === 'bool') return { ok: true, value: resolved.value }
  const word = resolved.kind === 'string' ? oldBool(text) : undefined
  return word === undefined ? { ok: false, expected: 'true or false' } : { ok: true, value: word }
}

function convertDuration(text: string, resolved: ResolvedScalar): Converted {
  const nanos = resolved.kind === 'string' ? parseGoDuration(text) : undefined
  return nanos === undefined
    ? { ok: false, expected: 'a duration with units such as 90s or 1h30m' }
    : { ok: true, value: nanos }
}

const RANGES = {
  uint32: { low: 0n, high: 0xffff_ffffn, expected: 'a whole number from 0 to 4294967295' },
  uint64: { low: 0n, high: (1n << 64n) - 1n, expected: 'a whole number of at most 64 bits, not negative' },
  int: {
    low: BigInt(Number.MIN_SAFE_INTEGER),
    high: BigInt(Number.MAX_SAFE_INTEGER),
    expected: 'a whole number',
  },
} as const

function convertNumber(kind: 'uint32' | 'uint64' | 'int', resolved: ResolvedScalar): Converted {
  const range = RANGES[kind]
  const whole = wholeNumber(resolved)
  if (whole === undefined || whole < range.low || whole > range.high) return { ok: false, expected: range.expected }
  return { ok: true, value: kind === 'uint64' ? whole : Number(whole) }
}

function wholeNumber(resolved: ResolvedScalar): bigint | undefined {
  if (resolved.kind === 'int') return resolved.value
  if (resolved.kind !== 'float') return undefined
  // Floats are truncated, but one of 2^63 or more was an integer that does not fit, or cannot be told from one.
  return Math.abs(resolved.value) < 2 ** 63 ? BigInt(Math.trunc(resolved.value)) : undefined
}
