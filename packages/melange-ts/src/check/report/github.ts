import type { CheckedFile, Finding } from '../finding.ts'
import { summary } from './counts.ts'

/** Workflow commands of GitHub Actions, which shows them beside the lines they are about; then a line that counts them. */
export function githubReport(files: readonly CheckedFile[]): string {
  const commands = files.flatMap(({ findings }) => findings.map((finding) => `${command(finding)}\n`))
  return `${commands.join('')}${summary(files)}\n`
}

function command({ level, code, message, at, hint }: Finding): string {
  const place = [
    ['file', at.file],
    ['line', at.line],
    ['col', at.column],
    ['title', code],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(String(value))}`]))
  return `::${level} ${place.join(',')}::${data(hint === undefined ? message : `${message}\n${hint}`)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
