import { CST } from 'yaml'
import { layOutBlockScalar } from './block-scalar.ts'
import type { Atom, Frame, Lines } from './lines.ts'

/** Columns a level. */
const STEP = 2

type Collection = CST.BlockMap | CST.BlockSequence
type Marks = Pick<Atom, 'heads' | 'opens' | 'glued'>

/** Writes a document token by token, each in its place. */
export function walkDocument(document: CST.Document, lines: Lines): void {
  walkProps(document.start, 0, lines, document.value)
  if (document.value !== undefined) walkValue(document.value, -STEP, lines)
  walkProps(document.end ?? [], 0, lines)
}

/** `parent`: the new column of the collection around the value. */
function walkValue(token: CST.Token, parent: number, lines: Lines): void {
  const column = parent + STEP
  switch (token.type) {
    case 'block-map':
      within(frameOf(token, column, lines), lines, () => walkMap(token, column, lines))
      break
    case 'block-seq':
      within(frameOf(token, column, lines), lines, () => walkSequence(token, column, lines))
      break
    case 'block-scalar':
      walkBlockScalar(token, column, lines)
      break
    case 'flow-collection':
      walkFlow(token, column, lines)
      break
    default:
      walkScalar(token as CST.FlowScalar, column, lines, {})
  }
}

function frameOf(token: Collection, to: number, lines: Lines): Frame {
  const start = token.items.flatMap((item) => [...item.start, ...('key' in item && item.key ? [item.key] : [])])
  const first = start.find(({ type }) => type !== 'space' && type !== 'newline' && type !== 'comment')
  return { from: lines.columnOf(first?.offset ?? token.offset), to }
}

function within(frame: Frame, { frames }: Lines, work: () => void): void {
  frames.push(frame)
  work()
  frames.pop()
}

function walkMap(map: CST.BlockMap, column: number, lines: Lines): void {
  for (const { start, key, sep, value } of map.items) {
    const heads = column === 0
    walkProps(start, column, lines, undefined, heads)
    if (key) walkKey(key, column, lines, heads)
    walkProps(sep ?? [], column, lines, value)
    if (value) walkValue(value, column, lines)
  }
}

function walkSequence(sequence: CST.BlockSequence, column: number, lines: Lines): void {
  for (const { start, value } of sequence.items) {
    walkProps(start, column, lines, value)
    if (value) walkValue(value, column, lines)
  }
}

function walkKey(key: CST.Token, column: number, lines: Lines, heads: boolean): void {
  if (isCollection(key) || key.type === 'block-scalar' || key.type === 'flow-collection') walkValue(key, column, lines)
  else walkScalar(key as CST.FlowScalar, column, lines, { heads })
}

/** Indicators, anchors, tags, comments and line breaks; comments before a collection may stand where it does. */
function walkProps(
  tokens: readonly CST.SourceToken[],
  column: number,
  lines: Lines,
  value?: CST.Token,
  heads = false,
): void {
  const work = (): void => {
    for (const token of tokens) walkProp(token, column, lines, { heads, opens: isCollection(value) })
  }
  if (isCollection(value)) within(frameOf(value, column + STEP, lines), lines, work)
  else work()
}

function walkProp(token: CST.SourceToken, column: number, lines: Lines, { heads, opens }: Marks): void {
  switch (token.type) {
    case 'byte-order-mark':
    case 'space':
      break
    case 'comment':
    case 'newline':
      lines.trivia(token)
      break
    case 'map-value-ind':
      lines.add({ lines: [token.source], column, glued: true, opens })
      break
    case 'doc-start':
      lines.add({ lines: [token.source], column, opens: true })
      break
    default:
      lines.add({ lines: [token.source], column, heads, opens, named: /^[&!]/.test(token.source) })
  }
}

function walkScalar(token: CST.FlowScalar, column: number, lines: Lines, marks: Marks): void {
  const [first = '', ...more] = token.source.split('\n')
  const indent = ' '.repeat(Math.max(0, column))
  const continued = more.map((line) => line.replace(/^[ \t]+/, '')).map((line) => (line === '' ? '' : indent + line))
  lines.add({ lines: [first, ...continued], column, named: token.type === 'alias', ...marks })
  walkProps(token.end ?? [], column, lines)
}

// Flow collections keep their layout; their lines move with the collection around them.
function walkFlow(token: CST.FlowCollection, column: number, lines: Lines): void {
  const frame = lines.frames.at(-1)
  const shift = frame === undefined ? 0 : frame.to - frame.from
  const closing = token.end.findIndex(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')
  const text = CST.stringify({ ...token, end: token.end.slice(0, closing + 1) })
  const [first = '', ...more] = text.split('\n').map(withoutTrailingBlanks)
  const moved = more.map((line) => {
    const own = line.trimStart()
    return own === '' ? '' : ' '.repeat(Math.max(0, line.length - own.length + shift)) + own
  })
  lines.add({ lines: [first, ...moved], column })
  walkProps(token.end.slice(closing + 1), column, lines)
}

// A blank that is escaped in a quoted text is part of it.
function withoutTrailingBlanks(line: string): string {
  return line.replace(/(?<!\\)[ \t]+$/, '')
}

function walkBlockScalar(token: CST.BlockScalar, column: number, lines: Lines): void {
  const { header, content, keeps, blankBehind } = layOutBlockScalar(token, column)
  for (const prop of token.props as CST.SourceToken[]) {
    if (prop.type === 'block-scalar-header') lines.add({ lines: [header], column })
    else if (prop.type !== 'newline') walkProp(prop, column, lines, {})
  }
  lines.endLine()
  lines.verbatim(content, keeps)
  if (blankBehind) lines.blank()
}

function isCollection(token: CST.Token | null | undefined): token is Collection {
  return token?.type === 'block-map' || token?.type === 'block-seq'
}
