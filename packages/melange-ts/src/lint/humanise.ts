const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** A size for people: SI units, one decimal below ten. */
export function humaniseBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`
  const exponent = Math.min(Math.floor(Math.log10(bytes) / 3 + 1e-12), UNITS.length - 1)
  const value = Math.floor((bytes / 1000 ** exponent) * 10 + 0.5) / 10
  return `${value < 10 ? (exponent === 0 ? value : value.toFixed(1)) : roundHalfEven(value)} ${UNITS[exponent]}`
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
