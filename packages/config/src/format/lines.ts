import type { CST } from 'yaml'

/** A block collection with its column as written and as it will be. */
export interface Frame {
  readonly from: number
  readonly to: number
}

export interface Atom {
  /** Its lines; those after the first are complete, indentation included. */
  readonly lines: readonly string[]
  /** Column when it is the first of its line. */
  readonly column: number
  /** Stands directly behind what is before it. */
  readonly glued?: boolean | undefined
  /** An anchor, a tag, or an alias: a colon right behind it would be part of its name. */
  readonly named?: boolean | undefined
  /** Begins an entry of the document itself. */
  readonly heads?: boolean | undefined
  /** What is in the collection that it announces may follow without a blank line only. */
  readonly opens?: boolean | undefined
}

interface Line {
  text: string
  named: boolean
  readonly heads: boolean
  readonly comment: boolean
  opens: boolean
  /** Part of a text in which every line counts. */
  readonly keeps: boolean
}

const PLAIN = { named: false, heads: false, comment: false, opens: false, keeps: false }

/** Collects a document line by line. */
export interface Lines {
  /** Collections around the place that is being written, outermost first. */
  readonly frames: Frame[]
  columnOf(offset: number): number
  add(atom: Atom): void
  /** A comment, line break, or white space. */
  trivia(token: CST.SourceToken): void
  endLine(): void
  /** Complete lines; no blank line may be added or taken away behind those that are kept. */
  verbatim(lines: readonly string[], keeps: boolean): void
  blank(): void
  text(): string
}

export function createLines(source: string): Lines {
  const lines: Line[] = []
  const frames: Frame[] = []
  let around: readonly Frame[] = []
  let open: Line | undefined
  const columnOf = (offset: number): number => offset - (source.lastIndexOf('\n', offset - 1) + 1)
  const start = (column: number, text: string, marks: Partial<Line>): void => {
    open = { text: ' '.repeat(column) + text, ...PLAIN, ...marks }
    lines.push(open)
  }
  const endLine = (): void => {
    open = undefined
  }
  const blank = (): void => {
    if (lines.at(-1)?.text !== '') lines.push({ ...PLAIN, text: '' })
  }
  const add = ({ lines: [first = '', ...more], column, glued, named, heads, opens }: Atom): void => {
    if (open === undefined) start(column, first, { heads: heads ?? false })
    else open.text += glued && !open.named ? first : ` ${first}`
    around = [...frames]
    for (const text of more) start(0, text, {})
    if (open !== undefined) Object.assign(open, { named: named ?? false, opens: opens ?? false })
  }
  const verbatim = (texts: readonly string[], keeps: boolean): void => {
    for (const text of texts) lines.push({ ...PLAIN, text, keeps })
    around = [...frames]
  }
  const comment = (text: string, offset: number): void => {
    if (open !== undefined) open.text += ` ${text.trimEnd()}`
    else start(commentColumn(columnOf(offset), [...around, ...frames]), text.trimEnd(), { comment: true })
  }
  const trivia = (token: CST.SourceToken): void => {
    if (token.type === 'comment') comment(token.source, token.offset)
    if (token.type !== 'newline') return
    if (open === undefined) blank()
    endLine()
  }
  return { frames, columnOf, add, trivia, endLine, verbatim, blank, text: () => join(lines) }
}

// A comment belongs to the collection in whose column it stands, else to the deepest one left of it.
function commentColumn(column: number, frames: readonly Frame[]): number {
  const left = frames.filter(({ from }) => from <= column)
  const best = Math.max(...left.map(({ from }) => from))
  return left.findLast(({ from }) => from === best)?.to ?? 0
}

function join(lines: readonly Line[]): string {
  const result: Line[] = []
  for (const [at, line] of lines.entries()) {
    const previous = result.at(-1)
    if (line.text === '' && !line.keeps && (previous === undefined || previous.opens)) continue
    if (headsGroup(lines, at) && previous !== undefined && previous.text !== '' && !previous.keeps && !previous.opens) {
      result.push({ ...PLAIN, text: '' })
    }
    result.push(line)
  }
  while (result.at(-1)?.text === '' && !result.at(-1)?.keeps) result.pop()
  return result.map(({ text }) => `${text}\n`).join('')
}

/** The line begins a top-level entry, or the comments directly above one. */
function headsGroup(lines: readonly Line[], at: number): boolean {
  const isComment = (index: number): boolean => lines[index]?.comment === true && !lines[index].text.startsWith(' ')
  if (isComment(at - 1)) return false
  let head = at
  while (isComment(head)) head++
  return lines[head]?.heads === true
}
