import { ApkoError } from '../error.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** Bytes of a size such as `500M`, `2G`, `1.5 GiB` or `1048576`; units of 1024. Throws `ApkoError` `SIZE`. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*$/i.exec(text) ?? []
  if (digits === undefined) {
    throw new ApkoError('SIZE', `expected a size such as 500M or 2G, got ${JSON.stringify(text)}`)
  }
  return Math.floor(Number(digits) * UNITS[unit.toUpperCase()]!)
}
