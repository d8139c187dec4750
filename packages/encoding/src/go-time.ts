/** An instant with the UTC offset it was written with, as Go's `time.Time` carries it. */
export interface Instant {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number
  /** 0 … 999 999 999. */
  readonly nanos: number
  /** Minutes east of UTC. */
  readonly offset: number
}

/** The instant of whole Unix seconds, in UTC. */
export function instant(seconds: number): Instant {
  return { seconds, nanos: 0, offset: 0 }
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/**
 * Parses RFC 3339 with optional fraction, which may stand behind a comma, and with an hour of
 * one digit, as Go reads it; undefined when malformed.
 */
export function parseRfc3339(text: string): Instant | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const utc = Date.UTC(year, month - 1, day, hour, minute, second)
  const parsed = new Date(utc)
  if (parsed.getUTCMonth() !== month - 1 || parsed.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    return undefined
  const zone = match[8]!
  const offset =
    zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
  const nanos = Number((match[7] ?? '').padEnd(9, '0').slice(0, 9))
  return { seconds: utc / 1000 - offset * 60, nanos, offset }
}

/** RFC 3339 text in the instant's own offset; the fraction, if any, without trailing zeros (Go's `RFC3339Nano`). */
export function formatRfc3339Nano(time: Instant): string {
  const fraction = time.nanos === 0 ? '' : `.${String(time.nanos).padStart(9, '0').replace(/0+$/, '')}`
  return `${wallClock(time)}${fraction}${zoneOf(time)}`
}

/** RFC 3339 text in the instant's own offset, fraction cut off. */
export function formatRfc3339(time: Instant): string {
  return `${wallClock(time)}${zoneOf(time)}`
}

function wallClock(time: Instant): string {
  return new Date((time.seconds + time.offset * 60) * 1000).toISOString().slice(0, 19)
}

function zoneOf(time: Instant): string {
  if (time.offset === 0) return 'Z'
  const minutes = Math.abs(time.offset)
  return `${time.offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** Negative, zero or positive, by the point in time alone. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos
}
