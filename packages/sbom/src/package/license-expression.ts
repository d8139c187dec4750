import { sha256Hex } from '@apkts/encoding'
import exceptionIds from 'spdx-exceptions/index.json' with { type: 'json' }
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' }
import licenseIds from 'spdx-license-ids/index.json' with { type: 'json' }

const LICENSES: ReadonlySet<string> = new Set([...licenseIds, ...deprecatedIds].map((id) => id.toLowerCase()))
const EXCEPTIONS: ReadonlySet<string> = new Set(exceptionIds.map((id) => id.toLowerCase()))
const REFERENCE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/
const TOKEN = /\s*([()]|[^\s()]+)/y

/**
 * The licences of a package as one SPDX expression (SPDX 2.3, annex D): entries joined by AND, alternatives among several
 * entries in parentheses unless `grouped` is false, texts that are no expression as `LicenseRef-…`.
 */
export function licenseExpression(licenses: readonly string[], options: { readonly grouped?: boolean } = {}): string {
  const entries = licenses.map(licenseIdentifier).filter((entry) => entry !== '')
  const grouped = options.grouped !== false && entries.length > 1
  return entries.map((entry) => (grouped && hasAlternatives(entry) ? `(${entry})` : entry)).join(' AND ')
}

/** The text itself when it is an SPDX expression, else an identifier of our own for it; empty for empty. */
export function licenseIdentifier(text: string): string {
  if (text === '' || isLicenseExpression(text)) return text
  const name = text.replace(/[ _]/g, '-').replace(/[^A-Za-z0-9.-]/gu, '')
  return `LicenseRef-${name === '' ? sha256Hex(text).slice(0, 16) : name}`
}

/** True for an SPDX licence expression. Identifiers are compared without case, operators are upper case. */
export function isLicenseExpression(text: string): boolean {
  const tokens = tokenize(text)
  if (tokens === undefined) return false
  const cursor = { tokens, at: 0 }
  return alternatives(cursor) && cursor.at === tokens.length
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    tokens.push(match[1]!)
  }
  return tokens
}

interface Cursor {
  readonly tokens: readonly string[]
  at: number
}

function alternatives(cursor: Cursor): boolean {
  return sequence(cursor, 'OR', (inner) => sequence(inner, 'AND', term))
}

function sequence(cursor: Cursor, operator: string, part: (cursor: Cursor) => boolean): boolean {
  if (!part(cursor)) return false
  while (cursor.tokens[cursor.at] === operator) {
    cursor.at += 1
    if (!part(cursor)) return false
  }
  return true
}

function term(cursor: Cursor): boolean {
  if (take(cursor) !== '(') {
    cursor.at -= 1
    return license(cursor)
  }
  return alternatives(cursor) && take(cursor) === ')'
}

function license(cursor: Cursor): boolean {
  const id = take(cursor)
  if (id === undefined || !(REFERENCE.test(id) || isKnown(id))) return false
  if (cursor.tokens[cursor.at] !== 'WITH') return true
  cursor.at += 1
  const exception = take(cursor)
  return exception !== undefined && EXCEPTIONS.has(exception.toLowerCase())
}

function isKnown(id: string): boolean {
  const lower = id.toLowerCase()
  return LICENSES.has(lower) || (lower.endsWith('+') && LICENSES.has(lower.slice(0, -1)))
}

function take(cursor: Cursor): string | undefined {
  const token = cursor.tokens[cursor.at]
  cursor.at += 1
  return token
}

function hasAlternatives(expression: string): boolean {
  let depth = 0
  return (tokenize(expression) ?? []).some((token) => {
    depth += token === '(' ? 1 : token === ')' ? -1 : 0
    return depth === 0 && token === 'OR'
  })
}
