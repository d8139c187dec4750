import { ApkoError } from '../error.ts'

const KEY = /^[a-z0-9-.]+$/

/**
 * Reads `key:value` annotations of the command line; the first colon separates. Throws `ApkoError` `ANNOTATION` for a
 * missing colon or value, a key with other characters than `a-z0-9-.`, and a key given twice.
 */
export function parseAnnotations(values: readonly string[]): Record<string, string> {
  const annotations = new Map<string, string>()
  for (const entry of values) {
    const colon = entry.indexOf(':')
    if (colon < 0) throw new ApkoError('ANNOTATION', `--annotations wants key:value, found ${JSON.stringify(entry)}`)
    const key = entry.slice(0, colon)
    const value = entry.slice(colon + 1)
    if (!KEY.test(key)) {
      throw new ApkoError('ANNOTATION', `annotation key ${JSON.stringify(key)} may only have a-z, 0-9, "-" and "."`)
    }
    if (value === '') throw new ApkoError('ANNOTATION', `annotation ${key} has no value`)
    if (annotations.has(key)) throw new ApkoError('ANNOTATION', `annotation ${key} is given twice`)
    annotations.set(key, value)
  }
  return Object.fromEntries(annotations)
}
