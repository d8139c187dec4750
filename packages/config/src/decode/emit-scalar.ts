import { readsAsOtherType } from './scalar.ts'

/** How go-yaml writes a string: the first of these styles that can carry it. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

/**
 * The style go-yaml v3 picks for a string in block context. `isKey`: as a mapping key, which must stay on one line.
 */
export function scalarStyle(text: string, isKey: boolean): ScalarStyle {
  const facts = analyse(text)
  if (text.includes('\n')) return facts.blockAllowed && !isKey ? 'literal' : 'double'
  if (readsAsOtherType(text)) return 'double'
  if (facts.plainAllowed) return 'plain'
  return facts.singleAllowed ? 'single' : 'double'
}

interface Facts {
  readonly plainAllowed: boolean
  readonly singleAllowed: boolean
  readonly blockAllowed: boolean
}

const NOT_AT_START = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t\n\r\u0085\u2028\u2029]|$))/
const NOT_INSIDE = /:(?:[ \t\n\r\u0085\u2028\u2029]|$)|[ \t\n\r\u0085\u2028\u2029]#/
/** What go-yaml takes for a line break. */
export const BREAK = /[\n\r\u0085\u2028\u2029]/
const BREAK_SPACE = /[\n\r\u0085\u2028\u2029] /
const SPACE_BREAK = / [\n\r\u0085\u2028\u2029]/
const UNPRINTABLE = /[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/

function analyse(text: string): Facts {
  // A carriage return and U+0085 are breaks to the emitter, but cannot be printed either.
  const special = UNPRINTABLE.test(text)
  const spaceBreak = SPACE_BREAK.test(text)
  const outerBlank = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text)
  const singleAllowed = !BREAK_SPACE.test(text) && !spaceBreak && !text.includes('\t') && !special
  const indicators = NOT_AT_START.test(text) || NOT_INSIDE.test(text.slice(1)) || /^[ \t]#/.test(text)
  return {
    plainAllowed: singleAllowed && !outerBlank && !BREAK.test(text) && !indicators,
    singleAllowed,
    blockAllowed: !text.endsWith(' ') && !spaceBreak && !special,
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u00a0', '\\_'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

/** A double-quoted scalar on one line. */
export function doubleQuoted(text: string): string {
  return `"${[...text].map(escapeCharacter).join('')}"`
}

function escapeCharacter(character: string): string {
  if (character === '\u00a0') return character
  const short = ESCAPES.get(character)
  if (short !== undefined) return short
  if (!UNPRINTABLE.test(character)) return character
  const code = character.codePointAt(0) ?? 0xfffd
  if (code <= 0xff) return `\\x${upperHex(code, 2)}`
  return code <= 0xffff ? `\\u${upperHex(code, 4)}` : `\\U${upperHex(code, 8)}`
}

function upperHex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0')
}

export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * `|` with its indentation and chomping indicators, then the lines of the text behind `indent`, which is `deeper` columns
 * further in than the collection around it. go-yaml always prints its level width there, which inside of lists is wrong:
 * what it writes cannot be read back.
 */
export function literalBlock(
  text: string,
  indent: string,
  { deeper, losesBreak }: { readonly deeper: number; readonly losesBreak: boolean },
): string {
  const hint = /^[ \n]/.test(text) ? String(deeper) : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  const lines = body.split('\n').map((line) => (line === '' ? '' : indent + line))
  // go-yaml takes a break at the start of the text for the end of the first line.
  const separator = losesBreak && text.startsWith('\n') ? '' : '\n'
  return `|${hint}${chomp}${separator}${lines.join('\n')}`
}
