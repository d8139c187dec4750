import { utf8 } from '@apkts/encoding'
import { ApkError } from '../error.ts'

const LINE_LIMIT = 1_048_575
const CARRIAGE_RETURN = 0x0d
const COLON = 0x3a

export const UNSIGNED = /^[0-9]+$/
export const SIGNED = /^[+-]?[0-9]+$/

/**
 * Reads the lines of an APKINDEX text. An index has a line for every field of every package, so lines are places in the
 * text: nothing is made for a line but its value.
 */
export abstract class LineReader {
  readonly #file: string
  #line = 0

  constructor(file: string) {
    this.#file = file
  }

  /** Takes a field whose value stands between two places of the text. */
  protected abstract set(letter: string, text: string, start: number, end: number): void

  /** Takes the empty line that ends a record; `start` is the place after it. */
  protected abstract finish(text: string, start: number): void

  /** Name of the package at hand, for messages. */
  protected abstract get name(): string

  /** @throws ApkError naming line and package for a malformed line or number. */
  readAll(text: string): void {
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start)
      const next = newline < 0 ? text.length : newline
      const end = next > start && text.charCodeAt(next - 1) === CARRIAGE_RETURN ? next - 1 : next
      this.#line++
      if (end > start) this.#read(text, start, end)
      else this.finish(text, next + 1)
      start = next + 1
    }
  }

  #read(text: string, start: number, end: number): void {
    const length = end - start
    if (length > LINE_LIMIT / 3 && utf8(text.slice(start, end)).length > LINE_LIMIT) {
      throw this.problem('INDEX_LINE', `line is longer than ${LINE_LIMIT} bytes`)
    }
    if (text.charCodeAt(start + 1) !== COLON || length < 2) {
      const shown = JSON.stringify(text.slice(start, Math.min(end, start + 40)))
      throw this.problem('INDEX_LINE', `expected a letter, a colon and a value, found ${shown}`)
    }
    this.set(text[start]!, text, start + 2, end)
  }

  // Called twice for every record: numbers of up to fifteen digits are exact without the detour over BigInt.
  protected count(letter: string, text: string, start: number, end: number, grammar = UNSIGNED): number {
    return digits(text, start, end) ?? Number(this.integer(letter, text.slice(start, end), grammar))
  }

  protected integer(letter: string, value: string, grammar: RegExp): bigint {
    const parsed = grammar.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined
    const bits = grammar === UNSIGNED ? BigInt.asUintN : BigInt.asIntN
    if (parsed === undefined || bits(64, parsed) !== parsed) {
      throw this.problem('INDEX_FIELD', `${letter}: expected a 64-bit integer, found ${JSON.stringify(value)}`)
    }
    return parsed
  }

  protected problem(code: 'INDEX_LINE' | 'INDEX_FIELD', text: string): ApkError {
    const owner = this.name === '' ? '' : ` (package ${this.name})`
    return new ApkError(code, `${this.#file}:${this.#line}${owner}: ${text}`, {
      at: { file: this.#file, line: this.#line },
      hint: 'The index is damaged or was not written by an apk tool; fetch or build it again.',
    })
  }
}

/** The value; the one before if that is the same, as in packages of one origin: not a second text. */
export function sameOr(before: string, text: string, start: number, end: number): string {
  return before.length === end - start && text.startsWith(before, start) ? before : text.slice(start, end)
}

export const NOTHING: readonly string[] = []

export function listOf(text: string, start: number, end: number): readonly string[] {
  return start === end ? NOTHING : text.slice(start, end).split(' ')
}

/** The number that up to fifteen digits are; undefined for everything else. */
function digits(text: string, start: number, end: number): number | undefined {
  if (start === end || end - start > 15) return undefined
  let number = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return number
}
