import { compareBytes } from '@apkts/encoding'

/** Token kinds of apk-tools' version grammar, in their rank. */
const KIND = { first: 0, number: 1, letter: 2, suffix: 3, suffixNumber: 4, hash: 5, revision: 6, end: 7, invalid: 8 }

interface Token {
  readonly kind: number
  readonly text: string
  readonly end: number
}

const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p']
const PRE_SUFFIXES = 4

/** Whether apk-tools accepts the version. */
export function isValidVersion(text: string): boolean {
  let token = firstToken(text)
  while (token.kind < KIND.end) token = nextToken(text, token)
  return token.kind === KIND.end
}

/**
 * Order of two versions in apk-tools: negative, 0 or positive. Does not validate: a common start can decide before an
 * invalid part is met. With `fuzzy`, `a` equals `b` when it starts with `b`.
 */
export function compareVersions(a: string, b: string, options: { readonly fuzzy?: boolean } = {}): number {
  let x = firstToken(a)
  let y = firstToken(b)
  while (x.kind === y.kind && x.kind < KIND.end) {
    const order = compareTokens(x, y)
    if (order !== 0) return order
    x = nextToken(a, x)
    y = nextToken(b, y)
  }
  if (x.kind === y.kind || (options.fuzzy === true && y.kind === KIND.end)) return 0
  if (isPreSuffix(x)) return -1
  if (isPreSuffix(y)) return 1
  return y.kind - x.kind
}

function firstToken(text: string): Token {
  return token(KIND.first, text, /[0-9]+/y, 0)
}

function nextToken(text: string, { kind, end }: Token): Token {
  switch (text[end]) {
    case undefined:
      return { kind: KIND.end, text: '', end }
    case '.':
      return kind <= KIND.number ? token(KIND.number, text, /[0-9]+/y, end + 1) : invalid(end)
    case '_':
      return kind <= KIND.suffixNumber ? suffix(text, end + 1) : invalid(end)
    case '~':
      return kind < KIND.hash ? token(KIND.hash, text, /[0-9a-f]+/y, end + 1) : invalid(end)
    case '-':
      return kind < KIND.revision && text[end + 1] === 'r'
        ? token(KIND.revision, text, /[0-9]+/y, end + 2)
        : invalid(end)
    default:
      if (kind === KIND.suffix) return token(KIND.suffixNumber, text, /[0-9]+/y, end)
      return kind <= KIND.number ? token(KIND.letter, text, /[a-z]/y, end) : invalid(end)
  }
}

function token(kind: number, text: string, grammar: RegExp, start: number): Token {
  grammar.lastIndex = start
  const match = grammar.exec(text)
  return match === null ? invalid(start) : { kind, text: match[0], end: start + match[0].length }
}

function suffix(text: string, start: number): Token {
  const found = token(KIND.suffix, text, /[a-z]+/y, start)
  return SUFFIXES.includes(found.text) ? found : invalid(start)
}

function invalid(end: number): Token {
  return { kind: KIND.invalid, text: '', end }
}

function compareTokens(a: Token, b: Token): number {
  switch (a.kind) {
    case KIND.number:
      return a.text.startsWith('0') || b.text.startsWith('0') ? compareBytes(a.text, b.text) : numeric(a, b)
    case KIND.suffix:
      return SUFFIXES.indexOf(a.text) - SUFFIXES.indexOf(b.text)
    case KIND.letter:
    case KIND.hash:
      return compareBytes(a.text, b.text)
    default:
      return numeric(a, b)
  }
}

// apk-tools counts in 64 bits and wraps around.
function numeric(a: Token, b: Token): number {
  const x = BigInt.asUintN(64, BigInt(a.text))
  const y = BigInt.asUintN(64, BigInt(b.text))
  if (x < y) return -1
  return x > y ? 1 : 0
}

function isPreSuffix({ kind, text }: Token): boolean {
  return kind === KIND.suffix && SUFFIXES.indexOf(text) < PRE_SUFFIXES
}
