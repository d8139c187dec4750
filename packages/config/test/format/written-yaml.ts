import fc from 'fast-check'
import { Document } from 'yaml'

const TEXTS = [
  'x',
  '1.10',
  'yes',
  '',
  'a b',
  '#x',
  'x # y',
  '- x',
  'a: b',
  '|',
  '"',
  "it's",
  '*x',
  '0x1F',
  '  x ',
  'x\n',
  'x\n\n',
  '\nx',
  ' x\ny\n',
  'x\n  y\n\nz\n',
  'tab\tbed',
  'ünï',
]
const scalar = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 12 }),
  fc.array(fc.constantFrom('line', '', '  deeper', 'end '), { maxLength: 5 }).map((lines) => lines.join('\n')),
)
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'runs', 'x-y', 'with'), tie('node'), { maxKeys: 4 }),
  ),
})).node

interface Decoration {
  readonly comment: string
  readonly blank: boolean
  readonly seed: number
}

interface Decorated {
  readonly items?: unknown[]
  readonly key?: unknown
  readonly value?: unknown
  commentBefore?: string
  spaceBefore?: boolean
}

/** Texts of values in all kinds of layouts, with comments and blank lines strewn in where they mean nothing. */
export const writtenYaml = fc
  .record({
    value,
    indent: fc.integer({ min: 1, max: 6 }),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 80),
    comment: fc.constantFrom('', ' note', ' two\n lines'),
    blank: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ value, comment, blank, seed, ...options }) => {
    const document = new Document(value)
    decorate(document.contents, { comment, blank, seed })
    return document.toString(options)
  })

function decorate(root: unknown, { comment, blank, seed }: Decoration): void {
  let count = seed
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const known = node as Decorated
    count += 7
    if (comment !== '' && count % 3 === 0) known.commentBefore = comment
    if (blank && count % 4 === 0) known.spaceBefore = true
    for (const item of known.items ?? []) visit(item)
    visit(known.key)
    visit(known.value)
  }
  visit(root)
}
