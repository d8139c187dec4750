import { packageUrl, redactUrl } from '@apkts/repository'
import {
  type BeatenCandidate,
  chainOf,
  type ExcludedCandidate,
  formatExclusion,
  formatRule,
  type Loss,
  type Resolved,
} from '@apkts/solver'
import { askerOf, buildOf, type Subject } from './subject.ts'

/** Longest list printed; JSON has everything. */
const SHOWN = 12

/** Why one package is there: where it comes from, the chain, whom it beat. Ends with a newline. */
export function formatPackage(subject: Subject, item: Resolved): string {
  const { reason, record, location, tag } = item
  const explained = subject.explanation.get(item)
  const chain = chainOf(subject.explanation, item)
  const taken = [...chain.slice(1).map(({ by }) => by), item]
  return [
    `${buildOf(item)}  ${redactUrl(packageUrl(location, subject.arch, record))}${tag === '' ? '' : ` @${tag}`}`,
    ...chain.map((link, i) => `  ${askerOf(subject, link)} "${link.constraint}" → ${buildOf(taken[i] ?? item)}`),
    ...section('preferred to', reason.beaten, (loser) => beatenLine(item, loser)),
    ...section('ruled out', reason.excluded, excludedLine),
    ...section('also for', explained?.alsoFor ?? [], (link) => `${askerOf(subject, link)} "${link.constraint}"`),
    ...section('brought in', explained?.brought ?? [], buildOf),
    '',
  ].join('\n')
}

/** Where packages that are not in the image were looked at, and why they were not taken. Ends with a newline. */
export function formatLosses(question: string, losses: readonly Loss[]): string {
  return [
    `${question} is not in the image`,
    ...section('it was looked at when', losses, ({ constraint, requiredBy, taken, loser }) => {
      const asker = requiredBy === undefined ? 'the world asks for' : `${requiredBy} needs`
      const why = 'rule' in loser ? beatenLine(taken, loser) : excludedLine(loser)
      return `${asker} "${constraint}" → ${buildOf(taken)}; not ${why}`
    }),
    '',
  ].join('\n')
}

function beatenLine(taken: Resolved, { package: loser, rule }: BeatenCandidate): string {
  return `${loser}: ${taken.record.name} ${formatRule(rule)}`
}

function excludedLine({ package: loser, exclusion }: ExcludedCandidate): string {
  return `${loser}: ${formatExclusion(exclusion)}`
}

function section<T>(title: string, items: readonly T[], format: (item: T) => string): string[] {
  if (items.length === 0) return []
  const rest = items.length - SHOWN
  const more = rest > 0 ? [`    … and ${rest} more; --json has them all`] : []
  return [`  ${title}:`, ...items.slice(0, SHOWN).map((item) => `    ${format(item)}`), ...more]
}
