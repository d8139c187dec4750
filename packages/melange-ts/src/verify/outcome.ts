import { trustText } from '@apkts/keyring'
import type { Fault, Report } from './types.ts'

/** `ok`: whole and trusted, or nothing that needs trust; `refused` otherwise. */
export function outcomeOf(report: Report): 'ok' | 'refused' {
  if (report.faults.length > 0 || !isTrusted(report)) return 'refused'
  return report.parts.every((part) => outcomeOf(part) === 'ok') ? 'ok' : 'refused'
}

/** A package of a trusted index needs no signature of its own, but a wrong one still refuses it. */
function isTrusted({ trust, vouched }: Report): boolean {
  if (trust === undefined || trust.state === 'trusted') return true
  return vouched === true && trust.state !== 'bad-signature'
}

/** One or several lines for people: what it is, whose signature it has, and everything wrong with it. */
export function reportText(report: Report, indent = ''): string {
  const trust = trustOf(report)
  const verdict = outcomeOf(report) === 'ok' ? 'ok      ' : 'REFUSED '
  const facts = [report.summary, ...(trust === '' ? [] : [trust])].join('; ')
  const lines = [`${indent}${verdict}${report.subject}: ${facts}`]
  for (const fault of report.faults) lines.push(`${indent}  error: ${text(fault, report)}`)
  for (const warning of report.warnings) lines.push(`${indent}  warning: ${text(warning, report)}`)
  return [...lines, ...report.parts.map((part) => reportText(part, `${indent}  `).trimEnd()), ''].join('\n')
}

function trustOf({ trust, vouched }: Report): string {
  if (trust === undefined) return ''
  if (vouched === true && trust.state !== 'trusted' && trust.state !== 'bad-signature') {
    return `trusted by its index (itself ${trustText(trust)})`
  }
  return trustText(trust)
}

function text({ at, code, message }: Fault, { subject }: Report): string {
  const place = at === subject ? '' : `${at.startsWith(`${subject}: `) ? at.slice(subject.length + 2) : at}: `
  return `${place}${message} [${code}]`
}

/** The same facts for programs. */
export function reportJson(report: Report): Record<string, unknown> {
  const { parts, ...own } = report
  return { ...own, outcome: outcomeOf(report), parts: parts.map(reportJson) }
}
