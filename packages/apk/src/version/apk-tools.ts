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
  return token(KIND.first, text, NUMBER, 0)
}

const NUMBER = /[0-9]+/y
const HASH = /[0-9a-f]+/y
const LETTER = /[a-z]/y
const WORD = /[a-z]+/y

function nextToken(text: string, { kind, end }: Token): Token {
  switch (text[end]) {
    case undefined:
      return { kind: KIND.end, text: '', end }
    case '.':
      return kind <= KIND.number ? token(KIND.number, text, NUMBER, end + 1) : invalid(end)
    case '_':
      return kind <= KIND.suffixNumber ? suffix(text, end + 1) : invalid(end)
    case '~':
      return kind < KIND.hash ? token(KIND.hash, text, HASH, end + 1) : invalid(end)
    case '-':
      return kind < KIND.revision && text[end + 1] === 'r' ? token(KIND.revision, text, NUMBER, end + 2) : invalid(end)
    default:
      if (kind === KIND.suffix) return token(KIND.suffixNumber, text, NUMBER, end)
      return kind <= KIND.number ? token(KIND.letter, text, LETTER, end) : invalid(end)
  }
}

function token(kind: number, text: string, grammar: RegExp, start: number): Token {
  grammar.lastIndex = start
  if (!grammar.test(text)) return invalid(start)
  const end = grammar.lastIndex // cheaper than a match array; this runs a million times in a large repository
  return { kind, text: text.slice(start, end), end }
}

function suffix(text: string, start: number): Token {
  const found = token(KIND.suffix, text, WORD, start)
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

const SAFE_DIGITS = 15

// apk-tools counts in 64 bits and wraps around. Short numbers, nearly all there are, need no big ones.
function numeric(a: Token, b: Token): number {
  if (a.text.length <= SAFE_DIGITS && b.text.length <= SAFE_DIGITS) return Number(a.text) - Number(b.text)
  const x = BigInt.asUintN(64, BigInt(a.text))
  const y = BigInt.asUintN(64, BigInt(b.text))
  if (x < y) return -1
  return x > y ? 1 : 0
}

function isPreSuffix({ kind, text }: Token): boolean {
  return kind === KIND.suffix && SUFFIXES.indexOf(text) < PRE_SUFFIXES
}
