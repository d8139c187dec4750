/**
 * Library name order of glibc (`_dl_cache_libcmp`): digit runs compare as numbers, a digit is above any other
 * character, everything else by byte value.
 */
export function compareLibraryNames(left: string, right: string): number {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!]
    if (isDigit(x) && isDigit(y)) {
      const [endA, endB] = [digitsEnd(a, i), digitsEnd(b, j)]
      const order = compareNumbers(a.toString('latin1', i, endA), b.toString('latin1', j, endB))
      if (order !== 0) return order
      ;[i, j] = [endA, endB]
    } else if (isDigit(x) !== isDigit(y)) {
      return isDigit(x) ? 1 : -1
    } else if (x !== y) {
      return x - y
    } else {
      i++
      j++
    }
  }
  return a.length - i - (b.length - j)
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let end = start
  while (end < bytes.length && isDigit(bytes[end]!)) end++
  return end
}

function compareNumbers(left: string, right: string): number {
  const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')]
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
