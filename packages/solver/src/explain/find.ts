import type { BeatenCandidate, ExcludedCandidate, Resolved } from '../types.ts'
import { Offers } from './links.ts'

/** A choice in which a package lost: what was wanted, what was taken, and why not this one. */
export interface Loss {
  readonly constraint: string
  readonly requiredBy?: string
  readonly taken: Resolved
  readonly loser: BeatenCandidate | ExcludedCandidate
}

/** The packages of a solution that a question means: those of that name or build, else those that provide it. */
export function findInSolution(packages: readonly Resolved[], question: string): readonly Resolved[] {
  const named = packages.filter(({ record }) => record.name === question || buildOf(record) === question)
  return named.length > 0 ? named : new Offers(packages).meeting(question)
}

/** The choices in which packages of a name (or one build) were looked at and not taken. */
export function lossesOf(packages: readonly Resolved[], question: string): Loss[] {
  return packages.flatMap((taken) => {
    const { constraint, requiredBy, beaten, excluded } = taken.reason
    const asked = { constraint, taken, ...(requiredBy === undefined ? {} : { requiredBy }) }
    return [...beaten, ...excluded]
      .filter((loser) => isBuildOf(loser.package, question))
      .map((loser) => ({ ...asked, loser }))
  })
}

function isBuildOf(build: string, question: string): boolean {
  return (
    build === question ||
    (build.startsWith(`${question}-`) && /^\d[^-]*(-r\d+)?$/.test(build.slice(question.length + 1)))
  )
}

function buildOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}-${version}`
}
