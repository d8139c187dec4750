import { quoteForCondition } from '../substitute/condition.ts'
import { badTemplate } from './lexer.ts'
import { formatValue, type GoValue, isDuration, isList, isMap, isNil, isTrue } from './values.ts'

export type TemplateFunction = (args: readonly GoValue[]) => GoValue

/** The functions of Go templates, without `and` and `or`, which do not evaluate all arguments. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['len', ([value]) => lengthOf(value)],
  ['index', ([value, ...keys]) => keys.reduce(indexInto, value)],
  ['slice', ([value, from, to]) => sliceOf(value, from, to)],
  ['print', (args) => printValues(args)],
  ['println', (args) => `${args.map(formatValue).join(' ')}\n`],
  ['printf', ([format, ...args]) => printFormatted(formatValue(format), args)],
  ['not', ([value]) => !isTrue(value)],
  ['eq', ([first, ...others]) => others.some((other) => compare(first, other) === 0)],
  ['ne', ([a, b]) => compare(a, b) !== 0],
  ['lt', ([a, b]) => compare(a, b) < 0],
  ['le', ([a, b]) => compare(a, b) <= 0],
  ['gt', ([a, b]) => compare(a, b) > 0],
  ['ge', ([a, b]) => compare(a, b) >= 0],
  ['html', (args) => escapeHtml(printValues(args))],
  ['js', (args) => escapeJs(printValues(args))],
  ['urlquery', (args) => escapeQuery(printValues(args))],
])

function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (isList(value)) return value.length
  if (isMap(value)) return value.entries.size
  throw badTemplate(`len of ${formatValue(value)}, which has no length`)
}

function indexInto(value: GoValue, key: GoValue): GoValue {
  if (isMap(value)) return value.entries.get(String(key)) ?? ''
  if (!isList(value)) throw badTemplate(`cannot index ${formatValue(value)}`)
  const at = Number(key)
  if (!Number.isInteger(at) || at < 0 || at >= value.length)
    throw badTemplate(`index out of range: ${formatValue(key)}`)
  return value[at]
}

function sliceOf(value: GoValue, from: GoValue = 0, to: GoValue = undefined): GoValue {
  if (typeof value !== 'string' && !isList(value)) throw badTemplate(`cannot slice ${formatValue(value)}`)
  const [start, end] = [Number(from), to === undefined ? value.length : Number(to)]
  if (!(start >= 0 && start <= end && end <= value.length)) throw badTemplate('slice bounds out of range')
  return value.slice(start, end)
}

// Go's Sprint puts a blank between two operands when neither is a string.
function printValues(args: readonly GoValue[]): string {
  return args
    .map((value, at) => {
      const blank = at > 0 && typeof value !== 'string' && typeof args[at - 1] !== 'string'
      return (blank ? ' ' : '') + formatValue(value)
    })
    .join('')
}

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

function printFormatted(format: string, args: readonly GoValue[]): string {
  let next = 0
  return format.replace(VERB, (_whole, flags: string, width = '0', precision: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    if (next >= args.length) return `%!${verb}(MISSING)`
    const text = formatVerb(verb, args[next++], precision)
    const filler = flags.includes('0') && !flags.includes('-') ? '0' : ' '
    return flags.includes('-') ? text.padEnd(Number(width)) : text.padStart(Number(width), filler)
  })
}

function formatVerb(verb: string, value: GoValue, precision: string | undefined): string {
  if (verb === 'q')
    return isList(value)
      ? `[${value.map((item) => quoteForCondition(formatValue(item))).join(' ')}]`
      : quoteForCondition(formatValue(value))
  if (verb === 's' || verb === 'v')
    return precision === undefined ? formatValue(value) : formatValue(value).slice(0, Number(precision))
  if (verb === 'x') return typeof value === 'string' ? Buffer.from(value).toString('hex') : Number(value).toString(16)
  if ((verb === 'd' || verb === 't') && typeof value !== 'string') return formatValue(value)
  return `%!${verb}(${typeof value}=${formatValue(value)})`
}

function compare(a: GoValue, b: GoValue): number {
  const left = isDuration(a) ? a.nanos : a
  const right = isDuration(b) ? b.nanos : b
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  const [noLeft, noRight] = [left, right].map((value) => value === undefined || isNil(value))
  if (noLeft || noRight) return noLeft === noRight ? 0 : 1
  throw badTemplate(`incompatible types for comparison: ${formatValue(a)} and ${formatValue(b)}`)
}

function isNumber(value: GoValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\ufffd',
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&"'\0]/g, (character) => HTML[character]!)
}

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]/g, (character) => {
    if (character === '\\' || character === "'" || character === '"') return `\\${character}`
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
