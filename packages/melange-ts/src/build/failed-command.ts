import type { Location } from '@apkts/diagnostics'
import type { CompiledStep } from '../compile/types.ts'
import type { FailedCommand } from './step-command.ts'

/** A command of a step's script in words, and where it is written if that is known. */
export interface CommandPlace {
  readonly text: string
  /** False when the command that failed may come later. */
  readonly exact: boolean
  readonly at?: Location | undefined
}

type Script = Pick<CompiledStep, 'runs' | 'written' | 'runsAt'>

/** The command that a failing step reported, as it stands in the step's script. */
export function placeOfCommand(step: Script, failed: FailedCommand): CommandPlace | undefined {
  const lines = step.runs.split('\n')
  const index = 'line' in failed ? failed.line - 1 : onlyLine(lines, failed.text)
  const found = index === undefined ? undefined : writtenLine(step, lines, index)
  const text = found?.text ?? ('text' in failed ? failed.text : commandAt(lines, failed.line - 1))
  if (text === '') return undefined
  return { text, exact: 'text' in failed || failed.exact, at: found?.at }
}

/** The command that begins in a line, to its end. */
function commandAt(lines: readonly string[], start: number): string {
  let end = start
  while (lines[end]?.endsWith('\\') === true) end += 1
  return lines
    .slice(start, end + 1)
    .map((line) => line.replace(/\\$/, '').trim())
    .join(' ')
}

function onlyLine(lines: readonly string[], text: string): number | undefined {
  const found = lines.flatMap((line, at) => (bare(line).includes(bare(text)) ? [at] : []))
  return found.length === 1 ? found[0] : undefined
}

// Normal form drops comments and empty lines: the same command is the one with as many equal lines before it.
function writtenLine(
  step: Script,
  lines: readonly string[],
  index: number,
): { text: string; at: Location } | undefined {
  const { written, runsAt } = step
  if (runsAt?.line === undefined) return undefined
  const wanted = bare(lines[index] ?? '')
  const nth = lines.slice(0, index + 1).filter((line) => bare(line) === wanted).length
  const all = written.split('\n')
  const at = all.flatMap((line, number) => (bare(line) === wanted ? [number] : []))[nth - 1]
  if (at === undefined) return undefined
  return { text: commandAt(all.map(withoutComment), at), at: { file: runsAt.file, line: runsAt.line + at } }
}

/** What of a line is the same in normal form. */
function bare(line: string): string {
  return withoutComment(line).replace(/\s+/g, '')
}

function withoutComment(line: string): string {
  return line.replace(/\s+#\s.*$/, '').trimEnd()
}
