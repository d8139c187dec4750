import { readFileSync, statSync } from 'node:fs'
import { DiagnosticError, DiagnosticErrors, isSystemError, messageOf } from './error.ts'
import { formatLocation, type Location } from './location.ts'

/** How an error is shown. */
export interface RenderOptions {
  readonly color?: boolean
  /** Adds the chain of causes with their stacks. */
  readonly debug?: boolean
  /** How bad it is. Default `error`. */
  readonly level?: 'error' | 'warning'
  /** Text of a file for the code frame; undefined when it cannot be shown. */
  readonly readSource?: (file: string) => string | undefined
}

/** The text a user sees for an error: `error[CODE]: message`, place with code frame, notes, hint. Ends with a newline. */
export function renderError(error: unknown, options: RenderOptions = {}): string {
  if (error instanceof DiagnosticErrors)
    return error.problems.map((problem) => renderError(problem, options)).join('\n')
  const paint = painter(options.color === true)
  const lines = [headline(error, options.level ?? 'error', paint)]
  if (error instanceof DiagnosticError) {
    if (error.at !== undefined) lines.push(...place(error.at, options.readSource ?? readSmallFile, paint))
    lines.push(...error.notes.map((note) => `  ${paint('2', '=')} ${note.replaceAll('\n', '\n    ')}`))
    if (error.hint !== undefined) lines.push(`  ${paint('36', 'hint:')} ${error.hint}`)
  }
  if (options.debug === true) lines.push(...causes(error))
  return `${lines.join('\n')}\n`
}

/** The same facts as one JSON object, for `--log-format json`. */
export function errorToJson(error: unknown): Record<string, unknown> {
  if (error instanceof DiagnosticErrors) return { code: error.code, problems: error.problems.map(errorToJson) }
  if (!(error instanceof DiagnosticError)) return { code: codeOf(error), message: messageOf(error) }
  return {
    code: error.code,
    message: error.message,
    ...(error.at === undefined ? {} : { at: error.at }),
    ...(error.notes.length === 0 ? {} : { notes: error.notes }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}

type Paint = (style: string, text: string) => string

function painter(color: boolean): Paint {
  return (style, text) => (color ? `\x1b[${style}m${text}\x1b[0m` : text)
}

function headline(error: unknown, level: 'error' | 'warning', paint: Paint): string {
  return `${paint(level === 'error' ? '1;31' : '1;33', `${level}[${codeOf(error)}]`)}: ${messageOf(error)}`
}

function codeOf(error: unknown): string {
  if (error instanceof DiagnosticError) return error.code
  return isSystemError(error) && error.code !== undefined ? error.code : 'INTERNAL'
}

function place(at: Location, readSource: (file: string) => string | undefined, paint: Paint): string[] {
  const arrow = `  ${paint('34', '-->')} ${formatLocation(at)}`
  const line = at.line === undefined ? undefined : readSource(at.file)?.split('\n')[at.line - 1]
  if (at.line === undefined || line === undefined) return [arrow]
  const gutter = String(at.line)
  const pad = ' '.repeat(gutter.length)
  const shown = line.trimEnd().slice(0, 160)
  const frame = [arrow, ` ${pad} |`, ` ${paint('34', gutter)} | ${shown}`]
  if (at.column === undefined) return frame
  const indent = shown.slice(0, at.column - 1).replace(/[^\t]/g, ' ')
  const width = Math.max(1, Math.min(at.length ?? 1, shown.length - at.column + 1))
  return [...frame, ` ${pad} | ${indent}${paint('31', '^'.repeat(width))}`]
}

const MAX_FRAME_SOURCE = 4 * 1024 * 1024

function readSmallFile(file: string): string | undefined {
  try {
    const stat = statSync(file)
    return stat.isFile() && stat.size <= MAX_FRAME_SOURCE ? readFileSync(file, 'utf8') : undefined
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

function causes(error: unknown): string[] {
  const lines: string[] = []
  for (let current = error; current instanceof Error; current = current.cause) {
    lines.push(`  caused by: ${current.stack ?? current.message}`)
  }
  return lines
}
