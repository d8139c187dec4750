import { RecipeError } from '../recipe/error.ts'

export type TokenKind =
  | 'field' // .Name
  | 'variable' // $x
  | 'word' // keyword or function
  | 'string'
  | 'number'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'symbol' // ( ) | , = :=

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** White space before it: `$x .Name` has two arguments, `$x.Name` is a chain. */
  readonly spaced: boolean
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[] }

const TRIMMED = ' \t\r\n'

/** Splits a Go template into literal text and actions; trim markers and comments are taken care of. */
export function splitTemplate(template: string): Piece[] {
  const pieces: Piece[] = []
  let rest = template
  let trimLeft = false
  for (;;) {
    const start = rest.indexOf('{{')
    const text = start < 0 ? rest : rest.slice(0, start)
    const trimRight = start >= 0 && /^\{\{-[ \t\r\n]/.test(rest.slice(start))
    const trimmed = trim(text, trimLeft, trimRight)
    if (trimmed !== '') pieces.push({ kind: 'text', text: trimmed })
    if (start < 0) return pieces
    const { tokens, length, trims } = readAction(rest.slice(start + (trimRight ? 3 : 2)))
    if (tokens !== undefined) pieces.push({ kind: 'action', tokens })
    trimLeft = trims
    rest = rest.slice(start + (trimRight ? 3 : 2) + length)
  }
}

function trim(text: string, left: boolean, right: boolean): string {
  let start = 0
  let end = text.length
  if (left) while (start < end && TRIMMED.includes(text[start]!)) start++
  if (right) while (end > start && TRIMMED.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}

interface Action {
  /** Absent for a comment. */
  readonly tokens?: readonly Token[]
  readonly length: number
  readonly trims: boolean
}

const COMMENT = /^\s*\/\*[\s\S]*?\*\/(?:(\s-\}\})|\}\})/
const TOKEN =
  /(?<close>[ \t\r\n]-\}\}|\}\})|(?<space>[ \t\r\n]+)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')|(?<number>[-+]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)|(?<dot>\.)|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol>:=|[=(),|])/uy

function readAction(text: string): Action {
  const comment = COMMENT.exec(text)
  if (comment !== null) return { length: comment[0].length, trims: comment[1] !== undefined }
  const tokens: Token[] = []
  let spaced = false
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex
    const groups = TOKEN.exec(text)?.groups
    if (groups === undefined) throw badTemplate(`unexpected ${JSON.stringify(text[from])} in an action`)
    if (groups.close !== undefined) return { tokens, length: TOKEN.lastIndex, trims: groups.close.length > 2 }
    if (groups.space === undefined) tokens.push(tokenOf(groups, spaced))
    spaced = groups.space !== undefined
  }
  throw badTemplate('unclosed action')
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>, spaced: boolean): Token {
  const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) as [TokenKind, string]
  if (kind !== 'word') return { kind, text, spaced }
  if (text === 'true' || text === 'false') return { kind: 'bool', text, spaced }
  return { kind: text === 'nil' ? 'nil' : 'word', text, spaced }
}

export function badTemplate(message: string): RecipeError {
  return new RecipeError('BAD_TEMPLATE', `template: ${message}`, {
    hint: 'the template is Go text/template, for example {{ .Package.Name }}',
  })
}
