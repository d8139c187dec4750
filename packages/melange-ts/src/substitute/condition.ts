import { RecipeError } from '../recipe/error.ts'
import { readReference } from './strict.ts'

/**
 * Evaluates a condition: comparisons of strings with `==` and `!=`, joined from left to right by `&&` and `||`, which
 * have the same precedence. Everything is evaluated, so an error on the right side always counts. The empty text is
 * true. Throws `RecipeError` (BAD_CONDITION) that names the byte position.
 */
export function evaluateCondition(
  text: string,
  lookup: (name: string) => string | undefined = () => undefined,
): boolean {
  if (text === '') return true
  const reader: Reader = { text, position: 0, depth: 0, lookup }
  const result = expression(reader)
  skipBlanks(reader)
  if (reader.position < text.length) throw problem(reader, 'unexpected text after the condition')
  return result
}

interface Reader {
  readonly text: string
  readonly lookup: (name: string) => string | undefined
  position: number
  depth: number
}

const MAX_DEPTH = 100

function expression(reader: Reader): boolean {
  let result = atom(reader)
  for (;;) {
    if (accept(reader, '&&')) {
      const right = atom(reader)
      result = result && right
    } else if (accept(reader, '||')) {
      const right = atom(reader)
      result = result || right
    } else return result
  }
}

function atom(reader: Reader): boolean {
  if (accept(reader, '(')) {
    if (++reader.depth > MAX_DEPTH) throw problem(reader, `more than ${MAX_DEPTH} nested parentheses`)
    const inner = expression(reader)
    if (!accept(reader, ')')) throw problem(reader, 'expected ")"')
    reader.depth--
    return inner
  }
  const left = value(reader)
  if (accept(reader, '==')) return left === value(reader)
  if (accept(reader, '!=')) return left !== value(reader)
  throw problem(reader, 'expected == or !=')
}

function value(reader: Reader): string {
  skipBlanks(reader)
  const first = reader.text[reader.position]
  if (first === "'" || first === '"') return quoted(reader, first)
  if (reader.text.startsWith('${{', reader.position)) return variable(reader)
  const found = first === undefined ? 'the end of the condition' : `unexpected character ${first}`
  throw problem(reader, `${found}: expected a quoted text or a variable`)
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\', "'": "'", '"': '"', n: '\n', t: '\t' }

function quoted(reader: Reader, quote: string): string {
  const start = reader.position
  let text = ''
  for (let i = start + 1; i < reader.text.length; i++) {
    const character = reader.text[i]!
    if (character === quote) {
      reader.position = i + 1
      return text
    }
    if (character !== '\\') {
      text += character
      continue
    }
    const next = reader.text[++i]
    // An unknown escape stays as two characters.
    if (next !== undefined) text += ESCAPED[next] ?? `\\${next}`
  }
  throw problem(reader, `unterminated text after ${quote}`)
}

function variable(reader: Reader): string {
  const reference = readReference(reader.text, reader.position)
  if (reference.kind === 'empty') throw problem(reader, 'empty variable name')
  if (reference.kind === 'unterminated') throw problem(reader, `unterminated variable reference ${reference.name}`)
  const known = reader.lookup(reference.name)
  if (known === undefined) throw problem(reader, `the variable "${reference.name}" is not defined`)
  reader.position = reference.end
  return known
}

function accept(reader: Reader, token: string): boolean {
  skipBlanks(reader)
  if (!reader.text.startsWith(token, reader.position)) return false
  reader.position += token.length
  return true
}

function skipBlanks(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.position] ?? '!')) reader.position++
}

function problem(reader: Reader, what: string): RecipeError {
  const position = Buffer.byteLength(reader.text.slice(0, reader.position))
  return new RecipeError('BAD_CONDITION', `condition ${JSON.stringify(reader.text)}: ${what} at position ${position}`, {
    hint: "write it as 'text' == 'text' or ${{name}} != 'text', joined by && or ||",
  })
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\v', '\\v'],
])

/** A text as Go's `%q` writes it: the form in which values are put into conditions. */
export function quoteForCondition(text: string): string {
  return `"${[...text].map(quoteCharacter).join('')}"`
}

function quoteCharacter(character: string): string {
  const short = SHORT.get(character)
  if (short !== undefined) return short
  const code = character.codePointAt(0)!
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
