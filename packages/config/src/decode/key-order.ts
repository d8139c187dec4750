/** The order in which go-yaml v3 writes the keys of a map: letters after everything else, numbers by value. */
export function compareKeys(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  let afterDigit = false
  const common = Math.min(left.length, right.length)
  for (let i = 0; i < common; i++) {
    const x = left[i]!
    const y = right[i]!
    if (x === y) afterDigit = isDigit(x)
    else return compareAt(left, right, i, afterDigit)
  }
  return left.length - right.length
}

function compareAt(left: readonly string[], right: readonly string[], i: number, afterDigit: boolean): number {
  const x = left[i]!
  const y = right[i]!
  const xIsLetter = isLetter(x)
  const yIsLetter = isLetter(y)
  if (xIsLetter && yIsLetter) return codeOrder(x, y)
  if (xIsLetter || yIsLetter) return (afterDigit ? xIsLetter : yIsLetter) ? -1 : 1
  const lead = (x === '0' || y === '0') && followsSignificantDigit(left, i) ? '1' : ''
  const xDigits = digitsAt(left, i)
  const yDigits = digitsAt(right, i)
  const xNumber = BigInt(`0${lead}${xDigits}`)
  const yNumber = BigInt(`0${lead}${yDigits}`)
  if (xNumber !== yNumber) return xNumber < yNumber ? -1 : 1
  return xDigits.length - yDigits.length || codeOrder(x, y)
}

// A zero after other digits is part of a longer number, not a leading zero.
function followsSignificantDigit(text: readonly string[], i: number): boolean {
  for (let j = i - 1; j >= 0 && isDigit(text[j]!); j--) if (text[j] !== '0') return true
  return false
}

function digitsAt(text: readonly string[], start: number): string {
  let end = start
  while (end < text.length && isDigit(text[end]!)) end++
  return text.slice(start, end).join('')
}

function codeOrder(x: string, y: string): number {
  return x.codePointAt(0)! - y.codePointAt(0)!
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

function isLetter(character: string): boolean {
  return /^\p{L}/u.test(character)
}
