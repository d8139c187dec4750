import { type Difference, isDifferent, isPlatformDifferent, type PlatformDifference } from '../compare.ts'
import { printable } from './printable.ts'
import { platformSections, type Section, settingsSection } from './sections.ts'

/** The report for a pull request or a page. `limit` is the number of rows shown of each part, 0 for all. */
export function formatMarkdown(found: Difference, limit: number): string {
  const { before, after, settings, platforms, removed, added } = found
  const title = `# ${code(before)} → ${code(after)}`
  if (!isDifferent(found)) return `${title}\n\nThey are the same.\n`
  const only = [
    ...removed.map((platform) => `- ${code(platform)} is only in the first`),
    ...added.map((platform) => `- ${code(platform)} is only in the second`),
  ]
  return [
    title,
    ...(only.length === 0 ? [] : ['', ...only]),
    ...(settings.length === 0 ? [] : table(settingsSection(settings), limit)),
    ...platforms.flatMap((platform) => platformBlock(platform, limit)),
    '',
  ].join('\n')
}

function platformBlock(found: PlatformDifference, limit: number): string[] {
  const heading = `## ${literal(found.platform)}`
  if (!isPlatformDifferent(found)) return ['', heading, '', 'The same.']
  const { ids } = found
  const identity = ids === undefined ? [] : ['', `Image ID ${code(ids.before)} → ${code(ids.after)}`]
  return ['', heading, ...identity, ...platformSections(found).flatMap((section) => table(section, limit))]
}

function table({ title, summary, lines }: Section, limit: number): string[] {
  const shown = limit === 0 ? lines : lines.slice(0, limit)
  const rest = lines.length - shown.length
  const rows = shown.map(({ mark, subject, details }) => `| ${mark} | ${code(subject)} | ${literal(details)} |`)
  return [
    '',
    `### ${title}: ${summary}`,
    ...(rows.length === 0 ? [] : ['', '| | | |', '|---|---|---|', ...rows]),
    ...(rest === 0 ? [] : ['', `… and ${rest} more`]),
  ]
}

/** Text that means itself in a Markdown table. */
function literal(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&')
}

// A code span ends at the next run of as many backticks; a table cell at the next pipe, even in one.
function code(text: string): string {
  return text.includes('`') ? literal(text) : `\`${printable(text).replaceAll('|', '\\|')}\``
}
