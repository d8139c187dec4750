const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${SPACE}+`)
const TRAILING = new RegExp(`${SPACE}+$`)

/** Cuts what Go's `unicode.IsSpace` calls white space from the start; JavaScript's set differs in two characters. */
export function trimStart(text: string): string {
  return isVisible(text.charCodeAt(0)) ? text : text.replace(LEADING, '')
}

/** Go's `strings.TrimSpace`. */
export function trim(text: string): string {
  const start = trimStart(text)
  return isVisible(start.charCodeAt(start.length - 1)) ? start : start.replace(TRAILING, '')
}

/** True for ASCII that is no white space, which nearly every text begins and ends with. */
function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f
}

const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|(?:0[oO]|0)((?:_?[0-7])+)|(0|[1-9](?:_?[0-9])*))$/

/** An integer in Go's literal syntax: base prefixes, leading 0 for octal, `_` between digits. Undefined otherwise. */
export function parseGoInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, hexadecimal, binary, octal, decimal] = match
  const digits = (value: string) => value.replaceAll('_', '')
  const size =
    hexadecimal !== undefined
      ? BigInt(`0x${digits(hexadecimal)}`)
      : binary !== undefined
        ? BigInt(`0b${digits(binary)}`)
        : octal !== undefined
          ? BigInt(`0o${digits(octal)}`)
          : BigInt(digits(decimal!))
  return sign === '-' ? -size : size
}

/** Unsigned 64-bit integer; undefined when signed, too large or not one. */
export function parseUint64(text: string): bigint | undefined {
  if (text.startsWith('-') || text.startsWith('+')) return undefined
  const value = parseGoInteger(text)
  return value !== undefined && value < 2n ** 64n ? value : undefined
}

/** Signed 64-bit integer; undefined when too large or not one. */
export function parseInt64(text: string): bigint | undefined {
  const value = parseGoInteger(text)
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined
}
