import type { Constraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { bestCandidate } from '../prefer.ts'
import { offers } from '../satisfy.ts'
import type { Facts } from './facts.ts'

/** A package in its place, and what it was put there for. */
export interface Placed {
  readonly candidate: Candidate
  readonly kind: 'world' | 'dependency' | 'install-if'
  /** For `install_if`: its first element. */
  readonly constraint: Constraint
  readonly requiredBy: Candidate | undefined
}

interface Visit {
  readonly placed: Placed
  /** Next dependency to look at. */
  next: number
}

/**
 * The part of a consistent set that the world needs, in installation order: what a package needs comes before it,
 * circles aside. World entries are taken in order, then the packages added for `install_if`.
 */
export function orderInstalled(
  facts: Facts,
  installed: readonly Candidate[],
  added: ReadonlyMap<Candidate, { readonly constraint: Constraint; readonly trigger: Candidate | undefined }>,
): Placed[] {
  const walk = new Walk(installed)
  for (const constraint of facts.world) {
    for (const candidate of walk.providers(constraint)) {
      walk.visit({ candidate, kind: 'world', constraint, requiredBy: undefined })
    }
  }
  for (const [candidate, { constraint, trigger }] of added) {
    walk.visit({ candidate, kind: 'install-if', constraint, requiredBy: trigger })
  }
  return walk.order
}

class Walk {
  readonly order: Placed[] = []
  readonly #installed = new Map<string, Candidate[]>()
  readonly #seen = new Set<Candidate>()
  readonly #hasTags: boolean

  constructor(installed: readonly Candidate[]) {
    this.#hasTags = installed.some(({ tag }) => tag !== '')
    for (const candidate of installed) {
      for (const name of new Set([candidate.name, ...candidate.provides.map((provided) => provided.name)])) {
        const list = this.#installed.get(name)
        if (list === undefined) this.#installed.set(name, [candidate])
        else list.push(candidate)
      }
    }
  }

  /**
   * The installed package that meets a constraint: one already in order if possible, else the preferred one. With tags
   * all that meet it, because any of them may be what leads to a package of a tagged repository.
   */
  providers(constraint: Constraint): readonly Candidate[] {
    if (constraint.text.startsWith('!')) return []
    const named = this.#installed.get(constraint.name) ?? []
    const offering = named.filter((candidate) => offers(candidate, constraint))
    if (offering.length < 2 || this.#hasTags) return offering
    const known = offering.find((candidate) => this.#seen.has(candidate))
    if (known !== undefined) return [known]
    const { name, pin } = constraint
    return [bestCandidate(offering, { name, pin, existing: () => undefined, originVersion: () => undefined }).taken]
  }

  /** A stack instead of recursion: chains of dependencies may be thousands long. */
  visit(root: Placed): void {
    if (this.#seen.has(root.candidate)) return
    this.#seen.add(root.candidate)
    const open: Visit[] = [{ placed: root, next: 0 }]
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const below = this.#next(top)
      if (below !== undefined) {
        open.push({ placed: below, next: 0 })
        continue
      }
      this.order.push(top.placed)
      open.pop()
    }
  }

  #next(visit: Visit): Placed | undefined {
    const requiredBy = visit.placed.candidate
    for (; visit.next < requiredBy.dependencies.length; visit.next++) {
      const constraint = requiredBy.dependencies[visit.next]!
      const candidate = this.providers(constraint).find((provider) => !this.#seen.has(provider))
      if (candidate === undefined) continue
      this.#seen.add(candidate)
      return { candidate, kind: 'dependency', constraint, requiredBy }
    }
    return undefined
  }
}
