import { compareBytes } from '@apkts/encoding'
import { isMap, isPair, type Node } from 'yaml'
import { childMap, parseForEdit } from '../bump/nodes.ts'
import { applyEdits } from '../bump/text-edits.ts'
import type { Detection } from './check.ts'

export type CopyrightFormat = 'flat' | 'simple'

/**
 * The text of a recipe with `package.copyright` saying what was detected: an entry for each licence file (`flat`), or one
 * with the names joined (`simple`). Everything else keeps its text.
 */
export function withCopyright(text: string, detections: readonly Detection[], format: CopyrightFormat): string {
  const pkg = childMap(parseForEdit(text), 'package')
  const first = pkg?.items[0]?.key as Node | undefined
  if (pkg === undefined || pkg.flow || first === undefined) return text
  const column = columnOf(text, first.range?.[0] ?? 0)
  const lines = entriesOf(detections, format).map((line) => `${' '.repeat(column + 2)}${line}\n`)
  const block = `${' '.repeat(column)}copyright:\n${lines.join('')}`
  const { start, end } = placeOf(text, pkg.items as unknown[])
  return applyEdits(text, [{ start, end, text: block }])
}

function entriesOf(detections: readonly Detection[], format: CopyrightFormat): string[] {
  const found = detections.flatMap(({ path, license }) => (license === undefined ? [] : [{ path, license }]))
  if (format === 'flat') {
    return found.flatMap(({ path, license }) => [`- license: ${license}`, `  license-path: ${JSON.stringify(path)}`])
  }
  const names = [...new Set(found.map(({ license }) => license))].sort(compareBytes)
  return [`- license: ${names.join(' AND ')}`]
}

/** The lines of the present entry, else the place behind the last one. */
function placeOf(text: string, items: readonly unknown[]): { start: number; end: number } {
  const starts = items.map((item) => (isPair(item) ? ((item.key as Node).range?.[0] ?? 0) : 0))
  const at = items.findIndex((item) => isPair(item) && String((item.key as { source?: string }).source) === 'copyright')
  const lineOf = (offset: number): number => text.lastIndexOf('\n', offset - 1) + 1
  const behind = endOfEntry(text, items[at < 0 ? items.length - 1 : at])
  return { start: at < 0 ? behind : lineOf(starts[at]!), end: behind }
}

function endOfEntry(text: string, item: unknown): number {
  const offset = lastOffset(isPair(item) ? ((item.value ?? item.key) as Node) : undefined)
  const line = text.indexOf('\n', offset - 1)
  return line < 0 ? text.length : line + 1
}

function lastOffset(node: Node | undefined): number {
  const items =
    isMap(node) || (node as { items?: unknown[] } | undefined)?.items ? (node as { items: unknown[] }).items : []
  const last = items.at(-1)
  if (last === undefined || (node as { flow?: boolean }).flow) return node?.range?.[1] ?? 0
  return isPair(last) ? lastOffset((last.value ?? last.key) as Node) : lastOffset(last as Node)
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}
