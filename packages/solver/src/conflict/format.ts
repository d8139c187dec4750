import { parseConstraint } from '@apkts/apk'
import type { SolverErrorCode } from '../error.ts'
import { formatExclusion } from '../types.ts'
import type { BuildPlace, ConflictPart } from './conflict.ts'

/** How a contradiction is put into words. */
export interface ConflictWords {
  /** The place of a world entry, such as `image.yaml:5:7`. */
  placeOf?(constraint: string): string | undefined
  /** A repository as it is to be shown; the default is as it is, credentials included. */
  showLocation?(location: string): string
}

/** A conflict in words: one line for each constraint, and what comes near where nothing meets one. No final newline. */
export function formatConflict(conflict: readonly ConflictPart[], words: ConflictWords = {}): string {
  const lines = conflictNotes(conflict, words).flatMap((note) => note.split('\n'))
  return [`${headline(conflict)}:`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** One sentence for the whole conflict. */
export function headline(conflict: readonly ConflictPart[]): string {
  const unmet = unmetPart(conflict)
  if (unmet === undefined) return 'these constraints cannot hold together'
  const { constraint, near } = unmet
  return near.builds.length === 0 ? `nothing provides "${constraint}"` : `no package satisfies "${constraint}"`
}

export function conflictCode(conflict: readonly ConflictPart[]): SolverErrorCode {
  const unmet = unmetPart(conflict)
  if (unmet === undefined) return 'UNSATISFIABLE'
  return unmet.near.builds.length === 0 ? 'UNKNOWN_NAME' : 'NO_CANDIDATE'
}

/** What to do about a constraint that nothing meets, if something comes near. */
export function conflictHint(conflict: readonly ConflictPart[]): string | undefined {
  const unmet = unmetPart(conflict)
  if (unmet === undefined) return undefined
  const tagged = unmet.near.builds.map(({ exclusion }) => exclusion).find((exclusion) => exclusion.kind === 'tag')
  const { name } = parseConstraint(unmet.constraint)
  if (tagged?.kind === 'tag') {
    return `repositories with a tag are used on request only: ask for "${name}@${tagged.tag}"`
  }
  const { names: similar } = unmet.near
  return similar.length === 0 ? undefined : `did you mean ${similar.map((one) => `"${one}"`).join(' or ')}?`
}

type Demand = Extract<ConflictPart, { kind: 'world' | 'dependency' }>

function unmetPart(conflict: readonly ConflictPart[]): Demand | undefined {
  const demands = conflict.filter((part): part is Demand => part.kind === 'world' || part.kind === 'dependency')
  return demands.find(({ constraint, candidates }) => candidates.length === 0 && !constraint.startsWith('!'))
}

/** One text for each constraint; those that nothing meets have further lines. */
export function conflictNotes(conflict: readonly ConflictPart[], words: ConflictWords = {}): string[] {
  return conflict.map((part) => [sentence(part, words), ...nearLines(part, words)].join('\n'))
}

function sentence(part: ConflictPart, words: ConflictWords): string {
  switch (part.kind) {
    case 'world': {
      const asker = words.placeOf?.(part.constraint) ?? 'the world'
      return part.constraint.startsWith('!')
        ? `${asker} refuses "${part.constraint.slice(1)}"`
        : `${asker} asks for "${part.constraint}"${only(part)}`
    }
    case 'dependency':
      return `${names(part.packages, words)} ${verb(part)} "${part.constraint.replace(/^!/, '')}"${only(part)}`
    case 'same-name':
      return `only one of ${names(part.packages, words)} can be installed: each is or provides "${part.name}"`
    case 'tag':
      return `${names(part.packages, words)} is in a repository tagged @${part.tag}, and nothing with that tag leads to it`
  }
}

function verb({ packages, constraint }: Extract<ConflictPart, { kind: 'dependency' }>): string {
  const [plural, singular] = constraint.startsWith('!') ? ['conflict with', 'conflicts with'] : ['need', 'needs']
  return packages.length > 1 ? plural! : singular!
}

/** Builds of one repository share its mention. */
function names(packages: readonly BuildPlace[], { showLocation = same }: ConflictWords): string {
  const byLocation = new Map<string, string[]>()
  for (const { package: build, location } of packages) {
    byLocation.set(location, [...(byLocation.get(location) ?? []), build])
  }
  return [...byLocation].map(([location, builds]) => `${shorten(builds)} (${showLocation(location)})`).join(' and ')
}

const NAMED = 4

function shorten(builds: readonly string[]): string {
  if (builds.length <= NAMED) return builds.join(', ')
  return `${builds.slice(0, NAMED - 1).join(', ')} and ${builds.length - NAMED + 1} more builds`
}

/** What a constraint comes down to. */
function only({ candidates, constraint }: Demand): string {
  if (candidates.length === 0 || candidates.length > NAMED || constraint.startsWith('!')) return ''
  const builds = candidates.map(({ package: build }) => build)
  return ` → ${builds.length === 1 ? 'only ' : ''}${builds.join(', ')}`
}

function nearLines(part: ConflictPart, { showLocation = same }: ConflictWords): string[] {
  if (!('near' in part)) return []
  return part.near.builds.map(
    ({ package: build, location, exclusion }) =>
      `  ${build} (${showLocation(location)}): ${formatExclusion(exclusion)}`,
  )
}

function same(location: string): string {
  return location
}
