export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Where two JSON values first differ, in words; undefined when they are equal. The order of keys does not matter. */
export function firstDifference(expected: Json, found: Json, path = ''): string | undefined {
  if (expected === found) return undefined
  if (!isContainer(expected) || !isContainer(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return `${path || 'value'}: expected ${shown(expected)}, found ${shown(found)}`
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const member = `${path}/${key}`
    const [wanted, got] = [expected, found].map((value) => (value as Record<string, Json | undefined>)[key])
    if (wanted === undefined || got === undefined) return `${member}: expected ${shown(wanted)}, found ${shown(got)}`
    const difference = firstDifference(wanted, got, member)
    if (difference !== undefined) return difference
  }
  return undefined
}

function isContainer(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === 'object' && value !== null
}

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
