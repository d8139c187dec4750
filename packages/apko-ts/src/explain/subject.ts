import type { ImageConfig, Locate } from '@apkts/config'
import { formatLocation, type Location } from '@apkts/diagnostics'
import { type Explanation, explainSolution, type Link, type Resolved } from '@apkts/solver'

/** What is explained: the packages of one architecture, and where its world comes from. */
export interface Subject {
  /** apk name. */
  readonly arch: string
  readonly packages: readonly Resolved[]
  readonly explanation: Explanation
  /** Place of a world entry in the configuration; undefined for those of a base image. */
  placeOf(constraint: string): Location | undefined
}

export interface SubjectInput {
  readonly arch: string
  readonly config: ImageConfig
  readonly world: readonly string[]
  readonly packages: readonly Resolved[]
  readonly locate?: Locate | undefined
}

export function subjectOf({ arch, config, world, packages, locate }: SubjectInput): Subject {
  const placeOf = worldPlaces(config.contents.packages, locate)
  return { arch, packages, explanation: explainSolution(packages, world), placeOf }
}

/** Finds the place of a world entry among the configured packages; an element with blanks in it is several entries. */
export function worldPlaces(
  packages: readonly string[],
  locate: Locate | undefined,
): (constraint: string) => Location | undefined {
  return (constraint) => {
    const index = packages.findIndex((element) => element.split(/\s+/).includes(constraint))
    return index < 0 ? undefined : locate?.(['contents', 'packages', index])
  }
}

/** `name-version`. */
export function buildOf({ record }: Pick<Resolved, 'record'>): string {
  return `${record.name}-${record.version}`
}

/** What asks for something, as a sentence without its object: `image.yaml:5:7 asks for`, `busybox-1.35.0-r17 needs`. */
export function askerOf({ placeOf }: Subject, { by, constraint, kind }: Link): string {
  if (by !== undefined) return kind === 'install-if' ? `${buildOf(by)} sets off` : `${buildOf(by)} needs`
  const at = placeOf(constraint)
  return `${at === undefined ? 'the world' : formatLocation(at)} asks for`
}
