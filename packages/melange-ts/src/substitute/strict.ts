export type SubstitutionProblem =
  | { readonly kind: 'unknown'; readonly name: string; readonly position: number }
  | { readonly kind: 'empty'; readonly position: number }
  | { readonly kind: 'unterminated'; readonly name: string; readonly position: number }

export type Substituted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly SubstitutionProblem[] }

const NAME = /[A-Za-z0-9._-]*/y
const BLANKS = /[ \t\n\r]*/y

/**
 * Strict substitution of `${{ name }}` (blanks allowed inside the braces). Values are not looked at again. All problems
 * of the text are reported together; positions are byte offsets.
 */
export function substituteStrict(text: string, lookup: (name: string) => string | undefined): Substituted {
  const problems: SubstitutionProblem[] = []
  let result = ''
  let rest = 0
  for (;;) {
    const start = text.indexOf('${{', rest)
    if (start < 0) break
    result += text.slice(rest, start)
    const reference = readReference(text, start)
    rest = reference.end
    if (reference.kind !== 'name') {
      const { end, ...problem } = reference
      problems.push({ ...problem, position: byteOffset(text, end) })
      continue
    }
    const value = lookup(reference.name)
    if (value === undefined) problems.push({ kind: 'unknown', name: reference.name, position: byteOffset(text, start) })
    result += value ?? ''
  }
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, text: result + text.slice(rest) }
}

type Reference =
  | { readonly kind: 'name'; readonly name: string; readonly end: number }
  | { readonly kind: 'unterminated'; readonly name: string; readonly end: number }
  | { readonly kind: 'empty'; readonly end: number }

/** Reads the reference whose `${{` is at `start`; `end` is where reading goes on. */
export function readReference(text: string, start: number): Reference {
  const nameStart = skip(BLANKS, text, start + 3)
  const nameEnd = skip(NAME, text, nameStart)
  if (nameEnd === nameStart) return { kind: 'empty', end: nameStart }
  const name = text.slice(nameStart, nameEnd)
  const close = skip(BLANKS, text, nameEnd)
  return text.startsWith('}}', close)
    ? { kind: 'name', name, end: close + 2 }
    : { kind: 'unterminated', name, end: close }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  pattern.exec(text)
  return Math.max(from, pattern.lastIndex)
}

function byteOffset(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index))
}
