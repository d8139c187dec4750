import { compareWords, type VersionStep } from './debian-version.ts'

/**
 * Encodes the steps of a Debian version part as `width` decimal digits whose numeric order is the Debian order of the
 * parts. Parts that differ only behind the last digit get the same code; nothing is ever reversed.
 *
 * Each step is a word code followed by a number code; the end is the code of the empty word. A word from the table
 * below is one odd pair of digits (`+deb` 21, `u` 35 …), any other word the even pair between its neighbours and two
 * digits per character.
 */
export function encodeSteps(steps: readonly VersionStep[], width: number): bigint {
  let digits = ''
  for (const step of steps.length === 0 ? [ZERO] : steps) digits += wordDigits(step.word) + numberDigits(step.number)
  digits += wordDigits('')
  return BigInt(digits.slice(0, width).padEnd(width, '0'))
}

const ZERO: VersionStep = { word: '', number: 0n }

/** Words that upstream versions and revisions of Debian and Ubuntu really use; they cost two digits. */
const WORDS = [
  ...['~', '~beta', '~bpo', '~deb', '~dfsg', '~git', '~pre', '~rc', '~ubuntu', '', 'a', 'b', 'beta', 'build', 'c'],
  ...['git', 'p', 'pl', 'pre', 'rc', 'u', 'ubuntu', '+', '+b', '+build', '+deb', '+dfsg', '+dfsg-', '+ds', '+esm'],
  ...['+git', '+nmu', '+really', '+rpi', '+u', '-', '-g', '.', '.dfsg', '.g', '.git'],
].sort(compareWords)

function wordDigits(word: string): string {
  const below = WORDS.filter((known) => compareWords(known, word) < 0).length
  const known = WORDS[below] === word
  const code = String(2 * below + (known ? 1 : 0)).padStart(2, '0')
  return known ? code : code + [...word].map(characterDigits).join('') + END_OF_WORD
}

const END_OF_WORD = '01'
const AFTER_LETTERS = '+-.:'

// The order of deb-version(7): `~`, the end of the word, capital letters, small letters, the rest.
function characterDigits(char: string): string {
  const code = char.charCodeAt(0)
  if (char === '~') return '00'
  if (char >= 'A' && char <= 'Z') return String(code - 65 + 2).padStart(2, '0')
  if (char >= 'a' && char <= 'z') return String(code - 97 + 28)
  return String(54 + AFTER_LETTERS.indexOf(char))
}

// A longer number starts with a greater digit, so the digits of two numbers compare like the numbers.
function numberDigits(number: bigint): string {
  if (number < 80n) return String(number).padStart(2, '0')
  if (number < 10n ** 4n) return `8${String(number).padStart(4, '0')}`
  if (number < 10n ** 8n) return `90${String(number).padStart(8, '0')}`
  if (number < 10n ** 14n) return `91${String(number).padStart(14, '0')}`
  return `92${String(number < 10n ** 18n ? number : 10n ** 18n - 1n).padStart(18, '0')}`
}
