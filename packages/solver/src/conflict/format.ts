import { formatExclusion } from '../types.ts'
import type { BuildPlace, ConflictPart } from './conflict.ts'

export interface ConflictWords {
  /** The place of a world entry, such as `image.yaml:5:7`. */
  placeOf?(constraint: string): string | undefined
}

/** A conflict in words: one line for each constraint, and what comes near where nothing meets one. No final newline. */
export function formatConflict(conflict: readonly ConflictPart[], words: ConflictWords = {}): string {
  return [headline(conflict), ...conflictLines(conflict, words).map((line) => `  ${line}`)].join('\n')
}

/** One sentence for the whole conflict. */
export function headline(conflict: readonly ConflictPart[]): string {
  const unmet = conflict.find(
    (part) => 'candidates' in part && part.candidates.length === 0 && isDemand(part.constraint),
  )
  if (unmet === undefined || !('candidates' in unmet)) return 'these constraints cannot hold together:'
  const isUnknown = unmet.near.builds.length === 0
  return isUnknown ? `nothing provides "${unmet.constraint}":` : `no package satisfies "${unmet.constraint}":`
}

function isDemand(constraint: string): boolean {
  return !constraint.startsWith('!')
}

/** The constraints, one or more lines each. */
export function conflictLines(conflict: readonly ConflictPart[], words: ConflictWords = {}): string[] {
  return conflict.flatMap((part) => [sentence(part, words), ...nearLines(part)])
}

function sentence(part: ConflictPart, { placeOf }: ConflictWords): string {
  switch (part.kind) {
    case 'world':
      return `${placeOf?.(part.constraint) ?? 'the world'} asks for "${part.constraint}"${only(part.candidates, part.constraint)}`
    case 'dependency':
      return `${names(part.packages)} ${verb(part)} "${part.constraint.replace(/^!/, '')}"${only(part.candidates, part.constraint)}`
    case 'same-name':
      return `only one of ${names(part.packages)} can be installed: each is or provides "${part.name}"`
    case 'tag':
      return `${names(part.packages)} is in a repository tagged @${part.tag}, and nothing with that tag leads to it`
  }
}

function verb({ packages, constraint }: Extract<ConflictPart, { kind: 'dependency' }>): string {
  const [plural, singular] = constraint.startsWith('!') ? ['conflict with', 'conflicts with'] : ['need', 'needs']
  return packages.length > 1 ? plural! : singular!
}

/** Builds of one repository share its mention. */
function names(packages: readonly BuildPlace[]): string {
  const byLocation = new Map<string, string[]>()
  for (const { package: build, location } of packages) {
    byLocation.set(location, [...(byLocation.get(location) ?? []), build])
  }
  return [...byLocation].map(([location, builds]) => `${shorten(builds)} (${location})`).join(' and ')
}

const NAMED = 4

function shorten(builds: readonly string[]): string {
  if (builds.length <= NAMED) return builds.join(', ')
  return `${builds.slice(0, NAMED - 1).join(', ')} and ${builds.length - NAMED + 1} more builds`
}

/** What a constraint comes down to, when that is not the same for everybody who reads its text. */
function only(candidates: readonly BuildPlace[], constraint: string): string {
  if (candidates.length === 0 || candidates.length > NAMED) return ''
  const builds = candidates.map(({ package: build }) => build)
  if (builds.length === 1 && constraint === builds[0]) return ''
  return `, which ${builds.length === 1 ? 'only ' : ''}${builds.join(', ')} ${builds.length === 1 ? 'meets' : 'meet'}`
}

function nearLines(part: ConflictPart): string[] {
  if (!('near' in part)) return []
  const { builds, names: similar } = part.near
  const found = builds.map(
    ({ package: build, location, exclusion }) => `  ${build} (${location}): ${formatExclusion(exclusion)}`,
  )
  const meant = similar.length === 0 ? [] : [`  did you mean ${similar.map((name) => `"${name}"`).join(' or ')}?`]
  return [...found, ...meant]
}
