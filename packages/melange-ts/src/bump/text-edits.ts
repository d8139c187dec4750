/** A replacement of part of a text, offsets in UTF-16 units. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with all edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let rest = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(rest, edit.start) + edit.text
    rest = edit.end
  }
  return result + text.slice(rest)
}
