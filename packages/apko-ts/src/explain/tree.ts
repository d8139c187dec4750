import { parseConstraint } from '@apkts/apk'
import type { Link, Resolved } from '@apkts/solver'
import { askerOf, buildOf, type Subject } from './subject.ts'

/** Every package below what brought it in, as text; ends with a newline. */
export function formatTree(subject: Subject): string {
  const roots = subject.packages.filter((item) => linkOf(subject, item)?.by === undefined)
  return roots.map((root) => formatBranch(subject, root)).join('')
}

interface Line {
  readonly item: Resolved
  readonly before: string
  readonly below: string
}

// Chains of dependencies may be thousands long: a stack instead of recursion.
function formatBranch(subject: Subject, root: Resolved): string {
  const lines: string[] = []
  const open: Line[] = [{ item: root, before: '', below: '' }]
  for (let line = open.pop(); line !== undefined; line = open.pop()) {
    const { item, before, below } = line
    lines.push(`${before}${describe(subject, item)}\n`)
    const children = subject.explanation.get(item)?.brought ?? []
    const next = children.map((child, index): Line => {
      const isLast = index === children.length - 1
      return { item: child, before: `${below}${isLast ? '└─ ' : '├─ '}`, below: `${below}${isLast ? '   ' : '│  '}` }
    })
    open.push(...next.reverse())
  }
  return lines.join('')
}

function linkOf({ explanation }: Subject, item: Resolved): Link | undefined {
  return explanation.get(item)?.broughtBy
}

function describe(subject: Subject, item: Resolved): string {
  const link = linkOf(subject, item)
  if (link === undefined) return buildOf(item)
  return `${buildOf(item)}${wantedAs(item, link)}${link.by === undefined ? `  ${originOf(subject, link)}` : ''}${rivals(item)}`
}

/** The constraint, unless it is just the package's name. */
function wantedAs({ record }: Resolved, { kind, constraint }: Link): string {
  if (kind === 'install-if') return `  install_if ${constraint}`
  const plain = parseConstraint(constraint)
  return plain.name === record.name && plain.operator === 'any' && plain.pin === '' ? '' : `  for ${constraint}`
}

function originOf(subject: Subject, link: Link): string {
  return link.kind === 'world' ? `[${askerOf(subject, link).replace(/ asks for$/, '')}]` : '[its asker was dropped]'
}

function rivals({ reason }: Resolved): string {
  const { length } = reason.beaten
  if (length === 0) return ''
  return `  (preferred to ${length === 1 ? reason.beaten[0]!.package : `${length} others`})`
}
