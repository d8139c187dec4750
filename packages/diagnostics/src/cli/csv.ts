import { UsageError } from './error.ts'

/** Splits one value of a list flag at commas; double quotes protect commas, a doubled quote is a quote (RFC 4180). */
export function splitCsv(text: string, flag: string): string[] {
  if (text === '') return []
  const fields: string[] = []
  let rest = text
  for (;;) {
    const { field, next } = rest.startsWith('"') ? quotedField(rest, flag) : plainField(rest)
    fields.push(field)
    if (next === undefined) return fields
    rest = next
  }
}

function plainField(text: string): { field: string; next: string | undefined } {
  const comma = text.indexOf(',')
  if (comma < 0) return { field: text, next: undefined }
  return { field: text.slice(0, comma), next: text.slice(comma + 1) }
}

function quotedField(text: string, flag: string): { field: string; next: string | undefined } {
  const match = /^"((?:[^"]|"")*)"(?:,|$)/.exec(text)
  if (match === null) {
    throw new UsageError('FLAG_VALUE', `--${flag}: unbalanced double quote in ${text}`, {
      hint: 'quote a whole value: --flag \'"a,b",c\'',
    })
  }
  const field = match[1]!.replaceAll('""', '"')
  return { field, next: match[0].endsWith(',') ? text.slice(match[0].length) : undefined }
}
