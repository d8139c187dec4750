import { loadShModule, type ParsedStatement, type ShModule } from './sh-module.ts'

/** Prints scripts in the form in which packages carry them. */
export type NormaliseScript = (script: string) => string

/** Texts whose printed form is kept: recipes repeat the same statements, and definitions the same scripts, many times. */
const MAX_CACHED = 20_000

let shared: NormaliseScript | undefined

/** The formatter that all recipes of a process share. Throws `ShellSyntaxError`. */
export function normaliseScript(script: string): string {
  shared ??= createNormaliser()
  return shared(script)
}

/** The formatter, ready after one compilation of its WebAssembly module; results are cached by text. */
export function createNormaliser(module: ShModule = loadShModule()): NormaliseScript {
  const print = cached(module.print)
  return cached((script) => normalise(script, { parse: module.parse, print }))
}

function cached(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const value = known.get(text) ?? compute(text)
    if (known.size >= MAX_CACHED) known.clear()
    known.set(text, value)
    return value
  }
}

/**
 * A script without comments, one top-level statement after the other, tabs for indentation: the output of mvdan/sh's
 * printer for each statement on its own. A first line `#!…` stays. Throws `ShellSyntaxError`.
 */
function normalise(script: string, module: ShModule): string {
  const shebang = /^#!.*\n/.exec(script)?.[0] ?? ''
  const { text, restore } = protectControls(script)
  const bytes = Buffer.from(text)
  const groups = groupStatements(bytes, module.parse(text))
  return shebang + restore(groups.map((group) => module.print(group)).join(''))
}

/**
 * Texts that may be printed in one go. Statements that share a line stay together (a here-document of the first one
 * begins after the last one), and so do statements of one line each, with what separated them dropped.
 */
function groupStatements(bytes: Buffer, statements: readonly ParsedStatement[]): string[] {
  const groups: string[] = []
  let simple: string[] = []
  const flush = (): void => {
    if (simple.length > 0) groups.push(`${simple.join('\n')}\n`)
    simple = []
  }
  for (let first = 0; first < statements.length; ) {
    const last = lastOnSameLine(bytes, statements, first)
    const end = statements[last + 1]?.Pos.Offset ?? bytes.length
    const own = bytes.toString('utf8', statements[first]!.Pos.Offset, statements[last]!.End.Offset)
    if (own.includes('\n') || own.includes('<<')) {
      flush()
      groups.push(bytes.toString('utf8', statements[first]!.Pos.Offset, end))
    } else simple.push(own)
    first = last + 1
  }
  flush()
  return groups
}

function lastOnSameLine(bytes: Buffer, statements: readonly ParsedStatement[], first: number): number {
  let last = first
  while (last + 1 < statements.length && !hasLineFeed(bytes, statements[last]!, statements[last + 1]!)) last++
  return last
}

function hasLineFeed(bytes: Buffer, before: ParsedStatement, after: ParsedStatement): boolean {
  const lineFeed = bytes.indexOf(0x0a, before.End.Offset)
  return lineFeed >= 0 && lineFeed < after.Pos.Offset
}

// The printer aligns columns with a writer to which form feed and vertical tab are commands; here they are text.
function protectControls(script: string): { text: string; restore: (printed: string) => string } {
  if (!/[\f\v]/.test(script)) return { text: script, restore: (printed) => printed }
  const [formFeed, verticalTab] = unusedCharacters(script)
  return {
    text: script.replaceAll('\f', formFeed).replaceAll('\v', verticalTab),
    restore: (printed) => printed.replaceAll(formFeed, '\f').replaceAll(verticalTab, '\v'),
  }
}

function unusedCharacters(script: string): [string, string] {
  const unused: string[] = []
  for (let code = 0xe000; unused.length < 2; code++) {
    const character = String.fromCharCode(code)
    if (!script.includes(character)) unused.push(character)
  }
  return [unused[0]!, unused[1]!]
}
