const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const MAX_NANOS = (1n << 63n) - 1n
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Nanoseconds of Go duration text such as `1h30m` or `1.5h`; undefined when it is not one or overflows 64 bits. */
export function parseGoDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const body = negative || text.startsWith('+') ? text.slice(1) : text
  if (body === '0') return 0n
  if (body === '') return undefined
  let total = 0n
  PART.lastIndex = 0
  while (PART.lastIndex < body.length) {
    const match = PART.exec(body)
    if (match === null) return undefined
    total += nanosOf(match[1]!, UNIT_NANOS[match[2]!]!)
    if (total > MAX_NANOS) return undefined
  }
  return negative ? -total : total
}

function nanosOf(number: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.')
  const scale = 10n ** BigInt(fraction.length)
  return BigInt(whole || '0') * unit + (BigInt(fraction || '0') * unit) / scale
}

/** Go's `Duration.String`: `1h30m0s`, `1.5s`, `500ms`, `0s`. */
export function formatGoDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`
  const hours = size / UNIT_NANOS.h!
  const minutes = (size / UNIT_NANOS.m!) % 60n
  const seconds = decimal(size % UNIT_NANOS.m!, UNIT_NANOS.s!)
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}
