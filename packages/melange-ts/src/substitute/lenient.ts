/** Variables by name, such as `package.version`. */
export type Variables = ReadonlyMap<string, string>

/**
 * Load-time replacement: exact tokens `${{NAME}}` without white space, one pass, replaced text is not looked at again.
 * Unknown tokens stay as they are; there is no error.
 */
export function replaceTokens(text: string, variables: Variables): string {
  let result = ''
  let rest = 0
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', start)) {
    const end = text.indexOf('}}', start)
    if (end < 0) break
    const value = variables.get(text.slice(start + 3, end))
    if (value === undefined) {
      start++
      continue
    }
    result += text.slice(rest, start) + value
    rest = end + 2
    start = rest
  }
  return rest === 0 ? text : result + text.slice(rest)
}
