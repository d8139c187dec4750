import { ApkoError } from '../error.ts'

/** What a format of `show-packages` can print. */
export interface PackageFacts {
  readonly Name: string
  readonly Version: string
  /** URL of the package. */
  readonly Source: string
}

const NAMED_FORMATS: Readonly<Record<string, string>> = {
  'name-version': '{{ .Name }} {{ .Version }}',
  'name-version-source': '{{ .Name }} {{ .Version }} {{ .Source }}',
  'name=version': '{{ .Name }}={{ .Version }}',
  'name=version-source': '{{ .Name }}={{ .Version }} {{ .Source }}',
  'name-(version)': '{{ .Name }} ({{ .Version }})',
  'name-(version)-source': '{{ .Name }} ({{ .Version }}) {{ .Source }}',
  packagelock: '- {{ .Name }}={{ .Version }}',
  'packagelock-source': '- {{ .Name }}={{ .Version }} # {{ .Source }}',
}

export const FORMAT_NAMES: readonly string[] = Object.keys(NAMED_FORMATS)

/** Prints one package, without a newline. */
export type PackageFormatter = (facts: PackageFacts) => string

type Part = string | ((facts: PackageFacts) => string)

/**
 * Compiles a format: one of `FORMAT_NAMES`, or text with Go template actions `{{ .Name }}`, `{{ "text" }}` and
 * `{{ .Name | printf "%-20s" }}`. Throws `ApkoError` `FORMAT` naming the position of what it does not know.
 */
export function compileFormat(format: string): PackageFormatter {
  const parts = parseTemplate(Object.hasOwn(NAMED_FORMATS, format) ? NAMED_FORMATS[format]! : format)
  return (facts) => parts.map((part) => (typeof part === 'string' ? part : part(facts))).join('')
}

function parseTemplate(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (;;) {
    const open = text.indexOf('{{', at)
    if (open < 0) return [...parts, text.slice(at)]
    const close = closingBraces(text, open + 2)
    if (close < 0) throw problem(text, open, 'unclosed action')
    const trimsBefore = /^-\s/.test(text.slice(open + 2))
    const trimsAfter = /\s-$/.test(text.slice(open + 2, close))
    const literal = text.slice(at, open)
    parts.push(trimsBefore ? literal.trimEnd() : literal)
    const action = text.slice(open + 2 + (trimsBefore ? 1 : 0), close - (trimsAfter ? 1 : 0))
    parts.push(parseAction(action, text, open))
    at = close + 2
    if (trimsAfter) at += text.slice(at).length - text.slice(at).trimStart().length
  }
}

function closingBraces(text: string, start: number): number {
  const match = /(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\}|["`])[\s\S])*\}\}/y
  match.lastIndex = start
  const found = match.exec(text)
  return found === null ? -1 : match.lastIndex - 2
}

const TOKEN = /\s*(?:(\.[A-Za-z_]\w*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|(\|)|([A-Za-z_]\w*)|(-?\d+)|(\S))/y

type Token =
  | { readonly kind: 'field' | 'text' | 'word' | 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'pipe'; readonly at: number }

type Operand = Exclude<Token, { kind: 'pipe' }>

function parseAction(action: string, template: string, offset: number): Part {
  if (/^\s*\/\*[\s\S]*\*\/\s*$/.test(action)) return ''
  const stages = splitPipeline(tokenize(action, template, offset))
  const values = stages.map((stage, index) => parseStage(stage, index, template, offset))
  return (facts) => String(values.reduce<Value | undefined>((piped, stage) => stage(facts, piped), undefined) ?? '')
}

function tokenize(action: string, template: string, offset: number): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < action.trimEnd().length) {
    const match = TOKEN.exec(action)
    if (match === null) break
    const [, field, quoted, pipe, word, number, other] = match
    const at = offset + 2 + TOKEN.lastIndex - match[0].trimStart().length
    if (other !== undefined) throw problem(template, at, `unexpected ${JSON.stringify(other)}`)
    if (pipe !== undefined) tokens.push({ kind: 'pipe', at })
    else if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1), at })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: unquote(quoted, template, at), at })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else tokens.push({ kind: 'word', text: word!, at })
  }
  return tokens
}

function unquote(literal: string, template: string, at: number): string {
  if (literal.startsWith('`')) return literal.slice(1, -1)
  try {
    return JSON.parse(literal) as string
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw problem(template, at, `unreadable text ${literal}`)
  }
}

function splitPipeline(tokens: readonly Token[]): Operand[][] {
  const stages: Operand[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'pipe') stages.push([])
    else stages.at(-1)!.push(token)
  }
  return stages
}

type Value = string | number
type Stage = (facts: PackageFacts, piped: Value | undefined) => Value

function parseStage(tokens: readonly Operand[], index: number, template: string, offset: number): Stage {
  const [head, ...rest] = tokens
  if (head === undefined) throw problem(template, offset, 'missing value for command')
  const operands = rest.map((token) => parseOperand(token, template))
  if (head.kind !== 'word') {
    if (operands.length > 0) throw problem(template, rest[0]!.at, 'a value takes no arguments')
    if (index > 0) throw problem(template, head.at, 'a value is no command to pipe into')
    return parseOperand(head, template)
  }
  const call = FUNCTIONS.get(head.text)
  if (call === undefined) throw problem(template, head.at, `function ${JSON.stringify(head.text)} not defined`)
  return (facts, piped) => {
    const values = operands.map((operand) => operand(facts))
    return call(piped === undefined ? values : [...values, piped])
  }
}

function parseOperand(token: Operand, template: string): (facts: PackageFacts) => Value {
  if (token.kind === 'text') return () => token.text
  if (token.kind === 'number') return () => Number(token.text)
  if (token.kind === 'word') throw problem(template, token.at, `unexpected word ${JSON.stringify(token.text)}`)
  const { text } = token
  if (text === 'Name' || text === 'Version' || text === 'Source') return (facts) => facts[text]
  throw problem(template, token.at, `can't evaluate field ${text}: there are .Name, .Version and .Source`)
}

type TemplateFunction = (args: readonly Value[]) => Value

const FUNCTIONS = new Map<string, TemplateFunction>([
  ['printf', ([format = '', ...args]) => formatVerbs(String(format), args)],
  ['print', (args) => args.map(String).join('')],
  ['println', (args) => `${args.map(String).join(' ')}\n`],
  ['len', ([value = '']) => Buffer.byteLength(String(value))],
])

function formatVerbs(format: string, args: readonly Value[]): string {
  let next = 0
  return format.replace(/%(-?)(\d*)([svqd%])/g, (_, minus: string, width: string, verb: string) => {
    if (verb === '%') return '%'
    if (next >= args.length) return `%!${verb}(MISSING)`
    const value = args[next++]!
    const text = verb === 'q' ? JSON.stringify(String(value)) : String(value)
    return minus === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width))
  })
}

function problem(template: string, at: number, what: string): ApkoError {
  const before = template.slice(0, at).split('\n')
  const place = `${before.length}:${before.at(-1)!.length + 1}`
  return new ApkoError('FORMAT', `format ${JSON.stringify(template)} at ${place}: ${what}`, {
    hint: `a Go template with .Name, .Version, .Source, or one of ${FORMAT_NAMES.join(', ')}`,
  })
}
