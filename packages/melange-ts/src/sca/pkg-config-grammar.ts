const BLANK = /[^\S\n]*/y
const KEY = /[A-Za-z0-9_.]+/y
const REST_OF_LINE = /[^\n]*/y
const IDENTIFIER = /[A-Za-z0-9_.-]+/y
const OPERATOR = /<=|>=|<|=|>/y
const VERSION = /[A-Za-z0-9.-]+/y

const REQUIRING: ReadonlySet<string> = new Set(['Requires', 'Requires.private', 'Requires.internal'])

/**
 * Names of the modules a pkg-config file requires, publicly or privately, versions left out. Undefined when anything in the
 * file is beyond the small grammar that dependency analysis understands: variables inside lists, `!=`, odd keys.
 */
export function parsePkgConfig(text: string): string[] | undefined {
  const scanner = createScanner(text)
  const lists = new Map<string, string[]>()
  while (!scanner.atEnd()) {
    scanner.take(BLANK)
    if (scanner.skip('\n') || scanner.atEnd()) continue
    if (scanner.peek() === '#') {
      scanner.take(REST_OF_LINE)
      continue
    }
    if (!parseItem(scanner, lists)) return undefined
  }
  return ['Requires', 'Requires.private', 'Requires.internal'].flatMap((key) => lists.get(key) ?? [])
}

type Scanner = ReturnType<typeof createScanner>

function createScanner(text: string) {
  let at = 0
  return {
    atEnd: () => at >= text.length,
    peek: () => text[at],
    skip(expected: string): boolean {
      if (text[at] !== expected) return false
      at += 1
      return true
    },
    take(pattern: RegExp): string | undefined {
      pattern.lastIndex = at
      const match = pattern.exec(text)
      if (match === null) return undefined
      at = pattern.lastIndex
      return match[0]
    },
  }
}

function parseItem(scanner: Scanner, lists: Map<string, string[]>): boolean {
  const key = scanner.take(KEY)
  if (key === undefined) return false
  scanner.take(BLANK)
  if (scanner.skip('=')) return scanner.take(REST_OF_LINE) !== undefined
  if (!scanner.skip(':')) return false
  if (!REQUIRING.has(key) && key !== 'Provides') return scanner.take(REST_OF_LINE) !== undefined
  const names = parseDependencies(scanner)
  if (names === undefined) return false
  lists.set(key, names)
  return true
}

function parseDependencies(scanner: Scanner): string[] | undefined {
  const names: string[] = []
  for (let comma = false; ; ) {
    scanner.take(BLANK)
    const next = scanner.peek()
    if (next === undefined || next === '\n' || next === '#') return comma ? undefined : names
    const name = scanner.take(IDENTIFIER)
    if (name === undefined || !parseVersion(scanner)) return undefined
    names.push(name)
    scanner.take(BLANK)
    comma = scanner.skip(',')
  }
}

function parseVersion(scanner: Scanner): boolean {
  scanner.take(BLANK)
  if (scanner.take(OPERATOR) === undefined) return true
  scanner.take(BLANK)
  return scanner.take(VERSION) !== undefined
}
