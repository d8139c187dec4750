import { badTemplate, type Piece, splitTemplate, type Token } from './lexer.ts'

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | undefined }
  | { readonly kind: 'dot' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }

/** An operand with the fields selected from it. */
export interface Term {
  readonly operand: Operand
  readonly fields: readonly string[]
}

export type Command = readonly Term[]

export interface Pipeline {
  /** Variables it declares or assigns. */
  readonly variables: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }
  | { readonly kind: 'break' | 'continue' }

/** Parses a Go template. Throws `RecipeError` (BAD_TEMPLATE). */
export function parseTemplate(template: string): Node[] {
  const reader: Reader = { pieces: splitTemplate(template), next: 0 }
  const { nodes, end } = parseNodes(reader)
  if (end !== undefined) throw badTemplate(`unexpected {{${end.word}}}`)
  return nodes
}

interface Reader {
  readonly pieces: readonly Piece[]
  next: number
}

interface End {
  readonly word: 'end' | 'else'
  /** What follows `else`: `if …`, `with …`, or nothing. */
  readonly rest: readonly Token[]
}

function parseNodes(reader: Reader): { nodes: Node[]; end?: End } {
  const nodes: Node[] = []
  for (let piece = reader.pieces[reader.next++]; piece !== undefined; piece = reader.pieces[reader.next++]) {
    if (piece.kind === 'text') {
      nodes.push(piece)
      continue
    }
    const [first, ...rest] = piece.tokens
    const word = first?.kind === 'word' ? first.text : ''
    if (word === 'end' || word === 'else') return { nodes, end: { word, rest } }
    nodes.push(parseAction(word, piece.tokens, rest, reader))
  }
  return { nodes }
}

function parseAction(word: string, tokens: readonly Token[], rest: readonly Token[], reader: Reader): Node {
  if (word === 'if' || word === 'with' || word === 'range') return parseBlock(word, rest, reader)
  if (word === 'break' || word === 'continue') return { kind: word }
  return { kind: 'action', pipeline: parsePipeline(tokens) }
}

function parseBlock(kind: 'if' | 'with' | 'range', tokens: readonly Token[], reader: Reader): Node {
  const pipeline = parsePipeline(tokens)
  const { nodes: body, end } = parseNodes(reader)
  if (end === undefined) throw badTemplate(`{{${kind}}} is not closed by {{end}}`)
  return { kind, pipeline, body, otherwise: end.word === 'end' ? [] : parseOtherwise(end, reader) }
}

function parseOtherwise({ rest }: End, reader: Reader): Node[] {
  const [first, ...tokens] = rest
  if (first !== undefined) {
    if (first.text !== 'if' && first.text !== 'with') throw badTemplate(`unexpected "${first.text}" after else`)
    return [parseBlock(first.text, tokens, reader)]
  }
  const { nodes, end } = parseNodes(reader)
  if (end?.word !== 'end') throw badTemplate('{{else}} is not closed by {{end}}')
  return nodes
}

function parsePipeline(tokens: readonly Token[]): Pipeline {
  const sign = tokens.findIndex(({ text, kind }) => kind === 'symbol' && (text === ':=' || text === '='))
  const names = sign < 0 ? [] : tokens.slice(0, sign).filter(({ text }) => text !== ',')
  if (names.some(({ kind }) => kind !== 'variable')) throw badTemplate('only variables can be assigned to')
  const cursor: Cursor = { tokens: tokens.slice(sign + 1), next: 0 }
  const commands = parseCommands(cursor)
  if (cursor.next < cursor.tokens.length) throw badTemplate(`unexpected "${cursor.tokens[cursor.next]!.text}"`)
  return { variables: names.map(({ text }) => text), assigns: tokens[sign]?.text === '=', commands }
}

interface Cursor {
  readonly tokens: readonly Token[]
  next: number
}

function parseCommands(cursor: Cursor): Command[] {
  const commands: Command[] = []
  do {
    const command: Term[] = []
    for (let term = parseTerm(cursor); term !== undefined; term = parseTerm(cursor)) command.push(term)
    if (command.length === 0) throw badTemplate('missing value for command')
    commands.push(command)
  } while (acceptSymbol(cursor, '|'))
  return commands
}

function parseTerm(cursor: Cursor): Term | undefined {
  const token = cursor.tokens[cursor.next]
  if (token === undefined || (token.kind === 'symbol' && token.text !== '(')) return undefined
  cursor.next++
  const operand: Operand = token.kind === 'field' ? { kind: 'dot' } : parseOperand(token, cursor)
  const fields = token.kind === 'field' ? [token.text.slice(1)] : []
  for (
    let next = cursor.tokens[cursor.next];
    next?.kind === 'field' && !next.spaced;
    next = cursor.tokens[cursor.next]
  ) {
    fields.push(next.text.slice(1))
    cursor.next++
  }
  return { operand, fields }
}

function parseOperand(token: Token, cursor: Cursor): Operand {
  switch (token.kind) {
    case 'dot':
      return { kind: 'dot' }
    case 'variable':
      return { kind: 'variable', name: token.text }
    case 'word':
      return { kind: 'function', name: token.text }
    case 'bool':
      return { kind: 'literal', value: token.text === 'true' }
    case 'number':
      return { kind: 'literal', value: Number(token.text) }
    case 'string':
      return { kind: 'literal', value: stringLiteral(token.text) }
    case 'nil':
      return { kind: 'literal', value: undefined }
    default: {
      const pipeline: Pipeline = { variables: [], assigns: false, commands: parseCommands(cursor) }
      if (!acceptSymbol(cursor, ')')) throw badTemplate('unclosed left parenthesis')
      return { kind: 'pipeline', pipeline }
    }
  }
}

function acceptSymbol(cursor: Cursor, text: string): boolean {
  const token = cursor.tokens[cursor.next]
  if (token?.kind !== 'symbol' || token.text !== text) return false
  cursor.next++
  return true
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' }

function stringLiteral(text: string): string | number {
  if (text.startsWith('`')) return text.slice(1, -1)
  const value = text.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, unescapeOne)
  return text.startsWith("'") ? (value.codePointAt(0) ?? 0) : value
}

function unescapeOne(_whole: string, byte?: string, unit?: string, character?: string): string {
  if (character !== undefined) return ESCAPES[character] ?? character
  return String.fromCharCode(Number.parseInt(byte ?? unit ?? '0', 16))
}
