import type { Explained, Section } from './types.ts'

const MAX_VALUE = 60
const MAX_WIDTH = 48

/** Sections with aligned rows: `name = value   where it comes from`. */
export function explanationText(sections: readonly Section[]): string {
  return sections.map(({ title, rows }) => `${title}\n${table(rows)}`).join('\n')
}

function table(rows: readonly Explained[]): string {
  const lefts = rows.map(leftText)
  const width = Math.min(MAX_WIDTH, Math.max(0, ...lefts.map((left) => left.length)))
  return rows.map(({ from }, at) => `  ${lefts[at]!.padEnd(width)}  ${from}\n`).join('')
}

function leftText({ name, value }: Explained): string {
  if (value === undefined) return name
  const line = /[\n\r\t]/.test(value) || value === '' ? JSON.stringify(value) : value
  return `${name} = ${line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE - 1)}…` : line}`
}
