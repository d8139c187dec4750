import { ApkError } from '../error.ts'
import { trim, trimStart } from './go-text.ts'

/** Values per key of the default section, in file order, without repetitions. */
export type IniValues = ReadonlyMap<string, readonly string[]>

const DEFAULT_SECTION = 'DEFAULT'

/**
 * Reads `.PKGINFO` with the rules of the INI library behind the originals: quotes, inline comments, continuation lines
 * and sections all apply, although nobody wrote the file with them in mind.
 * @throws ApkError `PKGINFO_SYNTAX` with the line.
 */
export function parseIni(text: string, file: string): IniValues {
  const lines = new Lines(text.replace(/^\ufeff/, ''), file)
  const values = new Map<string, string[]>()
  let inDefault = true
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const content = trimStart(line)
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    if (content.startsWith('[')) {
      inDefault = sectionName(content, lines) === DEFAULT_SECTION
      continue
    }
    const { key, rest } = splitKey(content, lines)
    const value = readValue(rest, lines)
    if (key === '') throw lines.problem('the key is empty')
    if (inDefault && key !== '-') add(values, key, value)
  }
  return values
}

function add(values: Map<string, string[]>, key: string, value: string): void {
  const known = values.get(key)
  if (known === undefined) values.set(key, [value])
  else if (!known.includes(value)) known.push(value)
}

/** Hands out lines with their newline, because some rules look at it. */
class Lines {
  readonly #text: string
  readonly #file: string
  #offset = 0
  #line = 0

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  next(): string | undefined {
    if (this.#offset >= this.#text.length) return undefined
    const newline = this.#text.indexOf('\n', this.#offset)
    const end = newline < 0 ? this.#text.length : newline + 1
    const line = this.#text.slice(this.#offset, end)
    this.#offset = end
    this.#line++
    return line
  }

  problem(text: string): ApkError {
    return new ApkError('PKGINFO_SYNTAX', `${this.#file}:${this.#line}: ${text}`, {
      at: { file: this.#file, line: this.#line },
    })
  }
}

function sectionName(content: string, lines: Lines): string {
  const close = content.lastIndexOf(']')
  if (close < 0) throw lines.problem('unclosed section: expected "]" on the line')
  if (close === 1) throw lines.problem('the section name is empty')
  return content.slice(1, close)
}

const DELIMITER = /[=:]/

function splitKey(content: string, lines: Lines): { key: string; rest: string } {
  const quote = keyQuote(content)
  if (quote !== '') return splitQuotedKey(content, quote, lines)
  const end = content.search(DELIMITER)
  if (end < 0) throw lines.problem(`expected "key = value", found ${JSON.stringify(trim(content))}`)
  if (end === 0) throw lines.problem('the key is empty')
  return { key: trim(content.slice(0, end)), rest: content.slice(end + 1) }
}

function keyQuote(content: string): string {
  if (content.length > 6 && content.startsWith('"""')) return '"""'
  return content.startsWith('"') || content.startsWith('`') ? content[0]! : ''
}

function splitQuotedKey(content: string, quote: string, lines: Lines): { key: string; rest: string } {
  const close = content.indexOf(quote, quote.length)
  if (close < 0) throw lines.problem(`the key has no closing ${quote}`)
  const after = content.slice(close + quote.length)
  const delimiter = after.search(DELIMITER)
  if (delimiter < 0) throw lines.problem(`expected "key = value", found ${JSON.stringify(trim(content))}`)
  return { key: trim(content.slice(quote.length, close)), rest: after.slice(delimiter + 1) }
}

function readValue(rest: string, lines: Lines): string {
  const text = trimStart(rest)
  if (text === '') return ''
  const quote = valueQuote(text)
  if (quote !== '') return readQuoted(text.slice(quote.length), quote, lines)
  const value = trim(text)
  if (value.endsWith('\\')) return readContinuation(value.slice(0, -1), lines)
  const comment = value.search(/[#;]/)
  return withoutQuotes(comment < 0 ? value : trim(value.slice(0, comment)))
}

function valueQuote(text: string): string {
  if (text.length > 3 && text.startsWith('"""')) return '"""'
  return text.startsWith('`') ? '`' : ''
}

function readQuoted(first: string, quote: string, lines: Lines): string {
  const close = first.lastIndexOf(quote)
  if (close >= 0) return first.slice(0, close)
  let value = first
  for (;;) {
    const line = lines.next()
    if (line === undefined) throw lines.problem(`the value has no closing ${quote}`)
    const end = line.lastIndexOf(quote)
    if (end >= 0) return value + line.slice(0, end)
    value += line
  }
}

function readContinuation(first: string, lines: Lines): string {
  let value = first
  for (;;) {
    const next = trim(lines.next() ?? '')
    if (next === '') return value
    value += next
    if (!value.endsWith('\\')) return value
    value = value.slice(0, -1)
  }
}

function withoutQuotes(value: string): string {
  const quote = value[0]
  if (value.length < 2 || (quote !== '"' && quote !== "'")) return value
  return value.indexOf(quote, 1) === value.length - 1 ? value.slice(1, -1) : value
}
