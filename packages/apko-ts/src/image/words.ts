import { ApkoError } from '../error.ts'

const BLANKS = new Set([' ', '\t', '\r', '\n'])

/**
 * Splits a command line into words like a small shell: blanks separate, quotes and `\` protect, `#` at the start of a
 * word begins a comment; no expansion of any kind. Throws `ApkoError` `WORD_SPLITTING` naming `field` when a quote is
 * not closed or the text ends with `\`.
 */
export function splitWords(text: string, field: string): string[] {
  const words: string[] = []
  let at = 0
  for (;;) {
    at = skipBlanks(text, at)
    if (at >= text.length) return words
    const word = readWord(text, at, field)
    words.push(word.text)
    at = word.end
  }
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    if (text[at] === '#') {
      const end = text.indexOf('\n', at)
      if (end < 0) return text.length
      at = end
    } else if (!BLANKS.has(text[at]!)) return at
    at += 1
  }
  return at
}

interface Piece {
  readonly text: string
  readonly end: number
}

function readWord(text: string, start: number, field: string): Piece {
  let word = ''
  let at = start
  while (at < text.length && !BLANKS.has(text[at]!)) {
    const piece = readPiece(text, at, field)
    word += piece.text
    at = piece.end
  }
  return { text: word, end: at }
}

function readPiece(text: string, at: number, field: string): Piece {
  const character = text[at]!
  if (character === '\\') return { text: escaped(text, at, field), end: at + 2 }
  if (character === "'") return singleQuoted(text, at + 1, field)
  if (character === '"') return doubleQuoted(text, at + 1, field)
  return { text: character, end: at + 1 }
}

function escaped(text: string, at: number, field: string): string {
  const next = text[at + 1]
  if (next === undefined) throw unsplittable(text, field, 'it ends with a backslash')
  return next
}

function singleQuoted(text: string, start: number, field: string): Piece {
  const end = text.indexOf("'", start)
  if (end < 0) throw unsplittable(text, field, 'a single quote is not closed')
  return { text: text.slice(start, end), end: end + 1 }
}

function doubleQuoted(text: string, start: number, field: string): Piece {
  let quoted = ''
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return { text: quoted, end: at + 1 }
    if (text[at] === '\\') at += 1
    quoted += text[at] ?? ''
  }
  throw unsplittable(text, field, 'a double quote is not closed')
}

function unsplittable(text: string, field: string, why: string): ApkoError {
  return new ApkoError('WORD_SPLITTING', `${field} cannot be split into words: ${why} in ${JSON.stringify(text)}`)
}
