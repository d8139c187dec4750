/** The texts at one place of a JSON value: one, or those of a list. */
export interface Values {
  readonly values: readonly string[]
  readonly isList: boolean
}

/** Deeper than any configuration; a hostile one may be nested until the stack ends. */
const MAX_DEPTH = 24

/** Members that name an element of a list, so that it is found again wherever it stands. */
const NAMES = ['name', 'path', 'username', 'groupname']

/** Every scalar of a JSON value by its place, such as `a.b` or `paths[/etc/motd].type`. */
export function flatten(value: unknown): Map<string, Values> {
  const found = new Map<string, Values>()
  visit(value, '', 0, found)
  return found
}

function visit(value: unknown, place: string, depth: number, found: Map<string, Values>): void {
  if (value === undefined) return
  if (Array.isArray(value)) visitList(value, place, depth, found)
  else if (value instanceof Map) visitMembers([...value], place, depth, found)
  else if (typeof value === 'object' && value !== null) visitMembers(Object.entries(value), place, depth, found)
  else found.set(place, { values: [textOf(value)], isList: false })
}

function visitMembers(
  members: readonly (readonly [string, unknown])[],
  place: string,
  depth: number,
  found: Map<string, Values>,
): void {
  if (depth === MAX_DEPTH) {
    found.set(place, { values: ['…'], isList: false })
    return
  }
  for (const [key, value] of members) visit(value, place === '' ? key : `${place}.${key}`, depth + 1, found)
}

function visitList(list: readonly unknown[], place: string, depth: number, found: Map<string, Values>): void {
  const names = list.map(nameOf)
  const areNamed = names.length > 0 && names.every((name) => name !== undefined)
  if (areNamed && new Set(names).size === names.length && depth < MAX_DEPTH) {
    for (const [i, item] of list.entries()) visit(item, `${place}[${names[i]}]`, depth + 1, found)
    return
  }
  found.set(place, { values: list.map(textOf), isList: true })
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const key = NAMES.find((name) => typeof (item as Record<string, unknown>)[name] === 'string')
  return key === undefined ? undefined : String((item as Record<string, unknown>)[key])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(shallow(value, 0))
}

function shallow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) return '…'
  if (Array.isArray(value)) return value.map((item) => shallow(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shallow(item, depth + 1)]))
}
