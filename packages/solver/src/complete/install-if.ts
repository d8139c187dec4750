import { parseConstraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { offers } from '../satisfy.ts'
import type { Facts } from './facts.ts'

/**
 * The builds that `install_if` asks for beside a set, by name, in index order: those of names that nothing in it has, whose
 * every element is met. A `!` element is met by absence.
 */
export function triggeredBy(facts: Facts, installed: readonly Candidate[]): Map<string, Candidate[]> {
  const present = new Map<string, Candidate[]>()
  for (const candidate of installed) {
    for (const name of new Set([candidate.name, ...candidate.provides.map((provided) => provided.name)])) {
      const list = present.get(name)
      if (list === undefined) present.set(name, [candidate])
      else list.push(candidate)
    }
  }
  const isMet = (text: string): boolean => {
    if (text.startsWith('!')) return !isMet(text.slice(1))
    const constraint = parseConstraint(text)
    return (present.get(constraint.name) ?? []).some((candidate) => offers(candidate, constraint))
  }
  const triggered = new Map<string, Candidate[]>()
  for (const candidate of installIfCandidates(facts)) {
    const { name, record } = candidate
    if (present.has(name) || !record.installIf.every(isMet)) continue
    const builds = triggered.get(name)
    if (builds === undefined) triggered.set(name, [candidate])
    else builds.push(candidate)
  }
  return triggered
}

function installIfCandidates(facts: Facts): readonly Candidate[] {
  return facts.universe.candidates.filter(
    (candidate) => candidate.record.installIf.length > 0 && candidate.tag === '' && facts.isUsable(candidate),
  )
}
