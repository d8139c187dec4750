import type { PackageRecord } from '@apkts/apk'

/** One repository's index for one architecture, in repository order. */
export interface SolverIndex {
  /** The `@tag` of the repository, empty for an untagged one. */
  readonly tag: string
  readonly location: string
  /** The architecture it is for: the directory of its packages. Passed on to what is taken from it. */
  readonly arch?: string
  readonly records: readonly PackageRecord[]
}

/** A world and the indexes that it is solved with. */
export interface SolveInput {
  /** Indexes in repository order. The order breaks ties only. */
  readonly indexes: readonly SolverIndex[]
  /** Top-level constraints; sorted and made unique by the solver. */
  readonly world: readonly string[]
  /** Indexes of the other architectures of the same image: only builds that exist on all of them are considered. */
  readonly siblings?: ReadonlyMap<string, readonly SolverIndex[]>
  /** Names that are already installed (a base image); a solution that conflicts with one is refused. */
  readonly installed?: ReadonlySet<string>
}

/** A package of a solution, with the reason it is there. */
export interface Resolved {
  readonly record: PackageRecord
  readonly tag: string
  readonly location: string
  readonly arch?: string
  readonly reason: Reason
}

/** Packages that were chosen for a world. */
export interface Solution {
  /** In installation order: what a package needs comes before it. */
  readonly packages: readonly Resolved[]
  /** The `!` dependencies that were met, without the `!`, first occurrence first. */
  readonly conflicts: readonly string[]
}

/** The rules that order candidates, strongest first. `order` is none of them: the earlier candidate was kept. */
export type PreferenceRule =
  | 'existing'
  | 'origin'
  | 'tag'
  | 'version-for-name'
  | 'version'
  | 'priority'
  | 'package-version'
  | 'name'
  | 'order'

/** Why a package is in the solution. */
export interface Reason {
  readonly kind: 'world' | 'dependency' | 'install-if'
  /** What asked for it: a world entry, a dependency, or the `install_if` list joined by blanks. */
  readonly constraint: string
  /** `name-version` of the package that has the dependency; absent for world entries. */
  readonly requiredBy?: string
  /** Candidates that would have satisfied the constraint too. */
  readonly beaten: readonly BeatenCandidate[]
  /** Candidates that were out of the question when the choice was made. */
  readonly excluded: readonly ExcludedCandidate[]
}

/** A candidate that could have been taken, and why another one was. */
export interface BeatenCandidate {
  /** `name-version`. */
  readonly package: string
  readonly location: string
  readonly rule: PreferenceRule
}

/** A candidate that could not be taken, and why. */
export interface ExcludedCandidate {
  /** `name-version`. */
  readonly package: string
  readonly location: string
  readonly exclusion: Exclusion
}

/** Why a record cannot be chosen. */
export type Exclusion =
  | { readonly kind: 'conflict'; readonly constraint: string }
  | { readonly kind: 'rival'; readonly by: string; readonly name: string }
  | { readonly kind: 'version'; readonly version: string; readonly constraint: string }
  | { readonly kind: 'provided-version'; readonly provided: string; readonly constraint: string }
  | { readonly kind: 'architecture'; readonly arch: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'unversioned'; readonly provided: string; readonly version: string; readonly constraint: string }
  /** A dependency of it cannot be met beside what was found. */
  | { readonly kind: 'needs'; readonly constraint: string; readonly found: string }
  /** No solution has it together with what was preferred before. */
  | { readonly kind: 'search' }

const RULE_TEXTS: Readonly<Record<PreferenceRule, string>> = {
  existing: 'is in the image anyway',
  origin: 'comes from the same source package as another one in the image',
  tag: 'is in a repository with the wanted tag',
  'version-for-name': 'has the higher version of the wanted name',
  version: 'has the higher version',
  priority: 'has the higher provider priority',
  'package-version': 'has the higher package version',
  name: 'has the name that sorts first',
  order: 'is listed first',
}

/** What speaks for the package that was taken, to follow its name. */
export function formatRule(rule: PreferenceRule): string {
  return RULE_TEXTS[rule]
}

/** The sentence for an exclusion, to follow the candidate's name. */
export function formatExclusion(exclusion: Exclusion): string {
  switch (exclusion.kind) {
    case 'conflict':
      return `excluded by !${exclusion.constraint}`
    case 'rival':
      return `${exclusion.by} already provides ${exclusion.name}`
    case 'version':
      return `version ${exclusion.version} does not satisfy "${exclusion.constraint}"`
    case 'provided-version':
      return `provides "${exclusion.provided}" which does not satisfy "${exclusion.constraint}"`
    case 'architecture':
      return `not available for arch "${exclusion.arch}"`
    case 'tag':
      return `only in repositories tagged @${exclusion.tag}`
    case 'needs':
      return `needs "${exclusion.constraint}", but ${exclusion.found} is installed`
    case 'search':
      return 'no solution has it beside what was chosen before it'
    case 'unversioned':
      return `provides "${exclusion.provided}" without a version, and its own version ${exclusion.version} does not satisfy "${exclusion.constraint}"`
  }
}
