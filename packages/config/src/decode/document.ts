import type { Location } from '@apkts/diagnostics'
import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isPair,
  LineCounter,
  type Node,
  Parser,
  YAMLParseError,
} from 'yaml'
import { ConfigError } from '../error.ts'

/** A text with the name it has in messages. */
export interface Source {
  readonly file: string
  readonly text: string
}

export interface SourceDocument {
  readonly source: Source
  readonly root: Node | null
  /** What each alias stands for. */
  readonly aliases: ReadonlyMap<Alias, Node>
  locate(offset: number): Location
}

/** Deeper nesting than this is refused: it would exhaust the stack long before it meant anything. */
const MAX_DEPTH = 200

/**
 * Parses the first YAML document of a stream; what follows `---` or `...` is not even looked at.
 * Throws `ConfigError` for an empty stream, a syntax error and an alias within its own anchor.
 */
export function parseFirstDocument(source: Source): SourceDocument {
  const lines = new LineCounter()
  const locate = (offset: number): Location => {
    const { line, col } = lines.linePos(offset)
    return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const document = composeSafely(source, lines)
  const problem = document.errors[0]
  if (problem !== undefined) {
    throw new ConfigError('YAML_SYNTAX', `not valid YAML: ${firstLine(problem.message)}`, {
      at: locate(problem.pos[0]),
    })
  }
  const root = document.contents as Node | null
  return { source, root, aliases: resolveAliases(root, locate), locate }
}

// The composer recurses; text made to exhaust the stack is the file's fault, not ours.
function composeSafely(source: Source, lines: LineCounter): Document {
  try {
    return composeFirst(source, lines)
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep({ file: source.file })
    throw error
  }
}

function tooDeep(at: Location): ConfigError {
  return new ConfigError('YAML_TOO_DEEP', `nested more than ${MAX_DEPTH} levels deep`, { at })
}

function composeFirst(source: Source, lines: LineCounter): Document {
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    merge: false,
    strict: true,
    logLevel: 'silent',
  })
  const tokens = new Parser(lines.addNewLine).parse(source.text)
  for (let next = tokens.next(); next.done !== true; next = tokens.next()) {
    for (const _ of composer.next(next.value)) break
    if (next.value.type === 'document') break
  }
  for (const document of composer.end()) {
    checkWhatFollows(source, document as Document, tokens)
    return document as Document
  }
  throw new ConfigError('YAML_EMPTY', 'the file is empty: expected a YAML mapping', { at: { file: source.file } })
}

const BOUNDARY = /^(?:---|\.\.\.)(?:[ \t\r\n]|$)/m

// Up to the next document mark, what the parser cannot place belongs to this document.
function checkWhatFollows(source: Source, document: Document, tokens: Iterable<CST.Token>): void {
  for (const token of tokens) {
    if (token.type === 'document' || token.type === 'doc-end') return
    if (token.type !== 'error' || BOUNDARY.test(source.text.slice(document.range?.[1] ?? 0, token.offset))) continue
    document.errors.push(new YAMLParseError([token.offset, token.offset + 1], 'UNEXPECTED_TOKEN', token.message))
  }
}

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? message).replace(/:$/, '')
}

function resolveAliases(root: Node | null, locate: (offset: number) => Location): Map<Alias, Node> {
  const aliases = new Map<Alias, Node>()
  const anchors = new Map<string, Node>()
  const open = new Set<Node>()
  const visit = (node: unknown, depth: number): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      const at = locate(node.range?.[0] ?? 0)
      if (target === undefined) throw new ConfigError('YAML_SYNTAX', `unknown anchor "${node.source}"`, { at })
      if (open.has(target)) {
        throw new ConfigError('YAML_ALIAS_CYCLE', `the anchor "${node.source}" contains itself`, { at })
      }
      aliases.set(node, target)
    } else if (isPair(node)) {
      visit(node.key, depth)
      visit(node.value, depth)
    } else if (node !== null && node !== undefined) {
      const known = node as Node & { anchor?: string }
      if (known.anchor !== undefined) anchors.set(known.anchor, known)
      if (!isCollection(node)) return
      if (depth > MAX_DEPTH) throw tooDeep(locate(node.range?.[0] ?? 0))
      open.add(known)
      for (const item of node.items) visit(item, depth + 1)
      open.delete(known)
    }
  }
  visit(root, 0)
  return aliases
}
