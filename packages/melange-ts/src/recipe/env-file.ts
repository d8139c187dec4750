import { RecipeError } from './error.ts'
import { setOwn } from './records.ts'
import type { StringMap } from './types.ts'

/**
 * Parses an env file (dotenv, not shell): `KEY=value` or `KEY: value`, optional `export`, `#` comments, quotes.
 * `$NAME` and `${NAME}` refer to earlier keys of the same file. Throws `RecipeError` (ENV_FILE) with the line.
 */
export function parseEnvFile(text: string, file: string): StringMap {
  const values: Record<string, string> = {}
  const reader: Reader = { text: text.replaceAll('\r\n', '\n'), file, position: 0 }
  while (skipToStatement(reader)) {
    const key = readKey(reader)
    setOwn(values, key, readValue(reader, values))
  }
  return values
}

interface Reader {
  readonly text: string
  readonly file: string
  position: number
}

function skipToStatement(reader: Reader): boolean {
  const match = /^(?:\s|#[^\n]*(?:\n|$))*/.exec(reader.text.slice(reader.position))!
  reader.position += match[0].length
  return reader.position < reader.text.length
}

function readKey(reader: Reader): string {
  const rest = reader.text.slice(reader.position)
  const exported = /^export[ \t\v\f]+/.exec(rest)?.[0].length ?? 0
  const match = /^[^=:\n]*/.exec(rest.slice(exported))![0]
  const end = exported + match.length
  if (rest[end] !== '=' && rest[end] !== ':')
    throw problem(reader, `expected KEY=value, found ${JSON.stringify(match)}`)
  const key = match.trim()
  const odd = /[^A-Za-z0-9_. \t]/.exec(key)
  if (odd !== null)
    throw problem(reader, `unexpected character ${JSON.stringify(odd[0])} in the name ${JSON.stringify(key)}`)
  reader.position += end + 1
  reader.position += /^[ \t\v\f]*/.exec(reader.text.slice(reader.position))![0].length
  return key
}

function readValue(reader: Reader, known: StringMap): string {
  const quote = reader.text[reader.position]
  return quote === '"' || quote === "'" ? readQuoted(reader, quote, known) : readPlain(reader, known)
}

function readQuoted(reader: Reader, quote: string, known: StringMap): string {
  let end = reader.position + 1
  while (end < reader.text.length && (reader.text[end] !== quote || reader.text[end - 1] === '\\')) end++
  if (end >= reader.text.length) throw problem(reader, `the quoted value is not closed by ${quote}`)
  const inner = trimCharacter(reader.text.slice(reader.position, end), quote)
  reader.position = end + 1
  return quote === "'" ? inner : expand(unescapeText(inner), known)
}

function trimCharacter(text: string, character: string): string {
  let start = 0
  let end = text.length
  while (start < end && text[start] === character) start++
  while (end > start && text[end - 1] === character) end--
  return text.slice(start, end)
}

function unescapeText(text: string): string {
  const controls = text.replace(/\\./g, (pair) => (pair === '\\n' ? '\n' : pair === '\\r' ? '\r' : pair))
  return controls.replace(/\\([^$])/gs, '$1')
}

function readPlain(reader: Reader, known: StringMap): string {
  const lineEnd = reader.text.indexOf('\n', reader.position)
  const end = lineEnd < 0 ? reader.text.length : lineEnd
  const line = reader.text.slice(reader.position, end)
  reader.position = end
  return expand(withoutComment(line).trim(), known)
}

// The last `#` that follows a blank starts the comment.
function withoutComment(line: string): string {
  for (let i = line.length - 1; i > 0; i--) {
    if (line[i] === '#' && /\s/.test(line[i - 1]!)) return line.slice(0, i)
  }
  return line
}

const REFERENCE = /(\\)?\$\(?\{?([A-Z0-9_]+)?\}?/g

function expand(text: string, known: StringMap): string {
  return text.replace(REFERENCE, (whole: string, backslash?: string, name?: string) => {
    if (backslash !== undefined) return whole.slice(1)
    return name === undefined ? whole : lookup(known, name)
  })
}

function lookup(known: StringMap, name: string): string {
  return Object.hasOwn(known, name) ? known[name]! : ''
}

function problem(reader: Reader, message: string): RecipeError {
  const line = reader.text.slice(0, reader.position).split('\n').length
  return new RecipeError('ENV_FILE', message, { at: { file: reader.file, line } })
}
