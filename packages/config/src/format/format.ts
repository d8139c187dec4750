import { type CST, Parser } from 'yaml'
import { parseFirstDocument, type Source } from '../decode/document.ts'
import { ConfigError } from '../error.ts'
import { createLines } from './lines.ts'
import { sameMeaning } from './same-meaning.ts'
import { walkDocument } from './walk.ts'

/**
 * The text of a YAML file in one layout: two columns a level, sequences indented below their key, one blank between the
 * parts of a line, a blank line between top-level entries and at most one elsewhere, no blanks at line ends. Comments,
 * the order of keys, quotes and the lines of scalars stay. Formatting twice changes nothing. What follows the first
 * document is kept as it is, and so is a file that is but a scalar, or that would mean something else in this layout.
 * Throws `ConfigError` for text that is not YAML.
 */
export function formatYaml(source: Source): string {
  const text = source.text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const before = parseFirstDocument({ ...source, text })
  const formatted = layOut(text)
  return formatted !== undefined && sameMeaning(before.root, rootOf(formatted)) ? formatted : source.text
}

function layOut(text: string): string | undefined {
  const lines = createLines(text)
  let rest = text.length
  let seen = false
  for (const token of new Parser().parse(text)) {
    if (token.type === 'document' && !seen) {
      if (!isCollection(token.value)) return undefined
      seen = true
      walkDocument(token, lines)
    } else if (seen && !isTrivia(token)) {
      rest = token.offset
      break
    } else lines.trivia(token as CST.SourceToken)
  }
  return lines.text() + text.slice(rest)
}

function rootOf(text: string) {
  try {
    return parseFirstDocument({ file: '', text }).root
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

function isCollection(token: CST.Token | undefined): boolean {
  return token !== undefined && ['block-map', 'block-seq', 'flow-collection'].includes(token.type)
}

function isTrivia(token: CST.Token): boolean {
  return token.type === 'comment' || token.type === 'newline' || token.type === 'space'
}
