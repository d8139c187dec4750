import { messageOf } from '@apkts/diagnostics'
import { RE2JS, RE2JSException } from 're2js'
import { RecipeError } from '../recipe/error.ts'

/**
 * Replaces all matches of an RE2 pattern by a template, as Go's `Regexp.ReplaceAllString` does: an empty match right
 * after a match is not taken. Throws `RecipeError` (BAD_TRANSFORM) for an invalid pattern.
 */
export function replaceAllGo(text: string, pattern: string, template: string): string {
  const matcher = compilePattern(pattern).matcher(text)
  const names = matcher.namedGroups as Readonly<Record<string, number>>
  let result = ''
  let lastEnd = 0
  let position = 0
  while (position <= text.length && matcher.find(position)) {
    const start = matcher.start()
    const end = matcher.end()
    result += text.slice(lastEnd, start)
    if (end > lastEnd || start === 0) result += expand(template, names, (group) => groupText(matcher, group))
    lastEnd = end
    position = end > position ? end : position + (text.codePointAt(position)! > 0xffff ? 2 : 1)
  }
  return result + text.slice(lastEnd)
}

interface Groups {
  groupCount(): number
  group(group: number): string | null
}

function groupText(matcher: Groups, group: number): string {
  return group <= matcher.groupCount() ? (matcher.group(group) ?? '') : ''
}

const compiled = new Map<string, RE2JS>()

function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  try {
    const regexp = RE2JS.compile(pattern)
    compiled.set(pattern, regexp)
    return regexp
  } catch (error) {
    if (error instanceof RE2JSException) throw badPattern(pattern, messageOf(error))
    throw error
  }
}

function badPattern(pattern: string, reason: string): RecipeError {
  return new RecipeError('BAD_TRANSFORM', `${JSON.stringify(pattern)} is not a valid pattern: ${reason}`, {
    hint: 'patterns are RE2: no look-around and no back-references',
  })
}

const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu

// `$name` takes the longest run of word characters; a `$` that begins no reference stays.
function expand(template: string, names: Readonly<Record<string, number>>, group: (group: number) => string): string {
  return template.replace(REFERENCE, (whole: string, braced?: string, bare?: string) => {
    if (whole === '$$') return '$'
    const name = braced ?? bare ?? ''
    if (/^[0-9]+$/.test(name)) return group(Number(name))
    const index = Object.hasOwn(names, name) ? names[name] : undefined
    return index === undefined ? '' : group(index)
  })
}
