import type { CST } from 'yaml'

export interface LaidOutBlock {
  readonly header: string
  readonly content: readonly string[]
  /** Blank lines behind it are part of the text. */
  readonly keeps: boolean
  readonly blankBehind: boolean
}

/** A block scalar with its lines moved to `column`; blanks beyond the indentation stay. */
export function layOutBlockScalar(token: CST.BlockScalar, column: number): LaidOutBlock {
  const header = token.props.find(({ type }) => type === 'block-scalar-header') as CST.SourceToken
  const explicit = /[1-9]/.exec(header.source)?.[0]
  const keeps = header.source.includes('+')
  const written = token.source.endsWith('\n') ? token.source.slice(0, -1).split('\n') : token.source.split('\n')
  const lines = token.source === '' ? [] : written
  const from = explicit === undefined ? autoIndent(lines) : token.indent + Number(explicit)
  const end = keeps ? lines.length : endOfText(lines, from)
  const indent = ' '.repeat(Math.max(0, column))
  return {
    header: header.source.replace(/[1-9]/, '2'),
    content: lines.slice(0, end).map((line) => (isEmpty(line, from) ? '' : indent + line.slice(from))),
    keeps,
    blankBehind: end < lines.length,
  }
}

function autoIndent(lines: readonly string[]): number {
  const first = lines.find((line) => /[^ ]/.test(line))
  return first?.search(/[^ ]/) ?? Number.POSITIVE_INFINITY
}

function endOfText(lines: readonly string[], from: number): number {
  let end = lines.length
  while (end > 0 && isEmpty(lines[end - 1]!, from)) end--
  return end
}

function isEmpty(line: string, from: number): boolean {
  return line.length <= from && /^ *$/.test(line)
}
