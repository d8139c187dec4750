import { isMap, isSeq, type Node, type YAMLMap } from 'yaml'
import { parseForEdit, textOf } from '../bump/nodes.ts'
import type { TextEdit } from '../bump/text-edits.ts'

/**
 * Edits that make a recipe apply these patch files by one `git-am` step: in place of its first `patch` or `git-am` step,
 * whose like are dropped, else behind its first `git-checkout` step. Everything else keeps its text.
 */
export function patchStepEdits(text: string, names: readonly string[]): TextEdit[] {
  const pipeline = parseForEdit(text)?.get('pipeline', true)
  const steps = isSeq(pipeline) && !pipeline.flow ? pipeline.items.filter((item): item is YAMLMap => isMap(item)) : []
  const [first, ...others] = steps.filter((step) => /^(patch|git-am)$/.test(textOf(step, 'uses') ?? ''))
  const checkout = steps.find((step) => textOf(step, 'uses') === 'git-checkout')
  if (first !== undefined) {
    const { start, end } = spanOf(text, first)
    return [{ start, end, text: stepText(names, columnOf(text, start)) }, ...others.map((step) => removal(text, step))]
  }
  if (checkout === undefined) return []
  const { start, end } = spanOf(text, checkout)
  const column = columnOf(text, start)
  const behind = endOfLine(text, end)
  return [{ start: behind, end: behind, text: `\n\n${' '.repeat(column - 2)}- ${stepText(names, column)}` }]
}

function stepText(names: readonly string[], column: number): string {
  const indent = ' '.repeat(column)
  const lines = ['uses: git-am', 'with:', '  patches: |', ...names.map((name) => `    ${name}`)]
  return lines.join(`\n${indent}`)
}

/** From the first key of a step to the end of its last value. */
function spanOf(text: string, step: YAMLMap): { start: number; end: number } {
  const start = step.range?.[0] ?? 0
  const end = lastOffset(step)
  return { start, end: start + text.slice(start, end).trimEnd().length }
}

function lastOffset(node: Node | null | undefined): number {
  if (isMap(node) && !node.flow && node.items.length > 0) {
    const { key, value } = node.items.at(-1) as { key: Node; value: Node | null }
    return Math.max(lastOffset(key), lastOffset(value))
  }
  if (isSeq(node) && !node.flow && node.items.length > 0) return lastOffset(node.items.at(-1) as Node)
  return node?.range?.[1] ?? 0
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

// With its dash and its last line end, and the blank line in front of it.
function removal(text: string, step: YAMLMap): TextEdit {
  const { start, end } = spanOf(text, step)
  const line = text.lastIndexOf('\n', start - 1) + 1
  const blank = text.slice(0, line).endsWith('\n\n') ? 1 : 0
  return { start: line - blank, end: Math.min(text.length, endOfLine(text, end) + 1), text: '' }
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end
}
