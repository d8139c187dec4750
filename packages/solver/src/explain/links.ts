import { parseConstraint } from '@apkts/apk'
import { type Offering, offeringOf, offers } from '../satisfy.ts'
import type { Reason, Resolved } from '../types.ts'

/** Something that wants a package: a world entry, or a package's dependency or `install_if`. */
export interface Link {
  readonly kind: Reason['kind']
  readonly constraint: string
  /** The package that has the dependency, or set the `install_if` off; undefined for world entries. */
  readonly by: Resolved | undefined
}

/** All packages of a solution that meet a constraint, by name; `!` constraints are met by nothing. */
export class Offers {
  readonly #byName = new Map<string, { readonly resolved: Resolved; readonly offering: Offering }[]>()

  constructor(packages: readonly Resolved[]) {
    for (const resolved of packages) {
      const offering = offeringOf(resolved.record)
      const names = new Set([resolved.record.name, ...offering.provides.map(({ name }) => name)])
      for (const name of names) {
        const list = this.#byName.get(name)
        if (list === undefined) this.#byName.set(name, [{ resolved, offering }])
        else list.push({ resolved, offering })
      }
    }
  }

  meeting(text: string): readonly Resolved[] {
    if (text.startsWith('!')) return []
    const constraint = parseConstraint(text)
    const named = this.#byName.get(constraint.name) ?? []
    return named.filter(({ offering }) => offers(offering, constraint)).map(({ resolved }) => resolved)
  }
}

/** Everything in a solution that each of its packages satisfies: world entries first, then dependencies in install order. */
export function linksOf(packages: readonly Resolved[], world: readonly string[]): ReadonlyMap<Resolved, Link[]> {
  const met = new Offers(packages)
  const links = new Map<Resolved, Link[]>(packages.map((resolved) => [resolved, []]))
  const add = (text: string, link: Link) => {
    for (const resolved of met.meeting(text)) if (resolved !== link.by) links.get(resolved)?.push(link)
  }
  for (const constraint of world) add(constraint, { kind: 'world', constraint, by: undefined })
  for (const by of packages) {
    for (const constraint of by.record.dependencies) add(constraint, { kind: 'dependency', constraint, by })
  }
  return links
}
