import { type Difference, isDifferent, isPlatformDifferent, type PlatformDifference } from '../compare.ts'
import { printable } from './printable.ts'
import { platformSections, type Section, settingsSection } from './sections.ts'

/** The report for a terminal. `limit` is the number of lines shown of each part, 0 for all. */
export function formatText(found: Difference, limit: number): string {
  const { before, after, settings, platforms, removed, added } = found
  if (!isDifferent(found)) return `${printable(before)} and ${printable(after)} are the same\n`
  return [
    `--- ${printable(before)}`,
    `+++ ${printable(after)}`,
    ...(settings.length === 0 ? [] : sectionLines(settingsSection(settings), limit)),
    ...removed.map((platform) => `- ${printable(platform)}`),
    ...added.map((platform) => `+ ${printable(platform)}`),
    ...platforms.flatMap((platform) => platformLines(platform, limit)),
    '',
  ].join('\n')
}

function platformLines(found: PlatformDifference, limit: number): string[] {
  const { ids } = found
  const name = printable(found.platform)
  if (!isPlatformDifferent(found)) return ['', `${name}: the same`]
  const sections = platformSections(found)
  const identity = ids === undefined ? [] : [`  image ID  ${ids.before}`, `         →  ${ids.after}`]
  const unseen = sections.length === 0 ? ['  the order or the parents of its layers differ, nothing in them'] : []
  return ['', name, ...identity, ...unseen, ...sections.flatMap((section) => sectionLines(section, limit))]
}

function sectionLines({ title, summary, lines }: Section, limit: number): string[] {
  const shown = limit === 0 ? lines : lines.slice(0, limit)
  const rest = lines.length - shown.length
  return [
    `  ${title}: ${summary}`,
    ...shown.map(({ mark, subject, details }) => `    ${mark} ${printable(subject)}  ${printable(details)}`.trimEnd()),
    ...(rest === 0 ? [] : [`    … and ${rest} more (--limit 0 shows all)`]),
  ]
}
