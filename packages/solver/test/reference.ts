import { compareApkoVersions, type PackageRecord, parseConstraint, parseVersion, satisfies } from '@apkts/apk'
import { compareBytes, sortedUnique } from '@apkts/encoding'
import type { SolverIndex } from '../src/index.ts'

/*
 * The rules of apko's resolver written down literally: recursive, every list computed anew every time. Slow on purpose.
 * The solver must agree with it on every universe.
 */

interface Candidate {
  readonly r: PackageRecord
  readonly tag: string
  readonly location: string
}

export class Refused extends Error {}

type Existing = Map<string, Candidate>

/** Installation order and conflicts. @throws Refused. */
export function referenceSolve(indexes: readonly SolverIndex[], wanted: readonly string[]) {
  const named = new Map<string, Candidate[]>()
  const triggers = new Map<string, Candidate[]>()
  const excluded = new Set<Candidate>()
  const selected = new Map<string, Candidate>()
  const add = (table: Map<string, Candidate[]>, key: string, c: Candidate) =>
    table.set(key, [...(table.get(key) ?? []), c])
  for (const { tag, location, records } of indexes) {
    for (const r of records) {
      const c = { r, tag, location }
      add(named, r.name, c)
      for (const text of r.installIf) add(triggers, text, c)
    }
  }
  for (const list of [...named.values()]) {
    for (const c of list) for (const p of c.r.provides) add(named, parseConstraint(p).name, c)
  }

  const filter = (text: string, allow: string, prefer: string, installed?: Candidate): Candidate[] => {
    const { name, operator, version } = parseConstraint(text)
    return (named.get(name) ?? []).filter((c) => {
      if (excluded.has(c)) return false
      const isInstalled =
        installed?.location === c.location && installed.r.name === c.r.name && installed.r.version === c.r.version
      if (c.tag !== '' && c.tag !== allow && c.tag !== prefer && !isInstalled) return false
      if (operator === 'any') return true
      const required = parseVersion(version)
      const own = parseVersion(c.r.version)
      if (required === undefined || own === undefined) return false
      if (satisfies(own, operator, required)) return true
      return c.r.provides.some((text) => {
        const v = parseVersion(parseConstraint(text).version)
        return v !== undefined && satisfies(v, operator, required)
      })
    })
  }

  const newer = (a: string, b: string): number => {
    if (a === b) return 0
    const x = parseVersion(a)
    const y = parseVersion(b)
    if (x === undefined) return -1
    return y === undefined ? 1 : compareApkoVersions(x, y)
  }
  const versionFor = ({ r }: Candidate, n: string) =>
    r.name === n ? r.version : (r.provides.map((p) => parseConstraint(p)).find((p) => p.name === n)?.version ?? '')
  const firstOf = (c: Candidate, n: string) => versionFor(c, n)

  const better = (a: Candidate, b: Candidate, n: string, E: Existing, O: Map<string, string>, pin: string): boolean => {
    const rules = [
      Number(E.get(a.r.name)?.r.version === a.r.version) - Number(E.get(b.r.name)?.r.version === b.r.version),
      Number(a.r.origin !== '' && O.get(a.r.origin) === a.r.version) -
        Number(b.r.origin !== '' && O.get(b.r.origin) === b.r.version),
      Number(a.tag === pin) - Number(b.tag === pin),
      firstOf(a, n) !== '' && firstOf(b, n) !== '' ? newer(firstOf(a, n), firstOf(b, n)) : 0,
      a.r.name === b.r.name ? newer(a.r.version, b.r.version) : 0,
      Number(a.r.providerPriority - b.r.providerPriority),
      newer(a.r.version, b.r.version),
      compareBytes(b.r.name, a.r.name),
    ]
    return (rules.find((sign) => sign !== 0) ?? 0) > 0
  }
  const best = (list: Candidate[], n: string, E: Existing, O: Map<string, string>, pin: string) =>
    list.reduce((held, c) => (better(c, held, n, E, O, pin) ? c : held))

  const constrain = (texts: readonly string[]) => {
    for (const text of texts) {
      if (text.startsWith('!')) {
        const { pin } = parseConstraint(text.slice(1))
        for (const c of filter(text.slice(1), '', pin)) excluded.add(c)
        continue
      }
      const { name, operator, version } = parseConstraint(text)
      if (operator === 'any' || !named.has(name)) continue
      const required = parseVersion(version)
      if (required === undefined) throw new Refused(`version of ${text}`)
      const bad = (v: string) => {
        const actual = parseVersion(v)
        return actual === undefined || !satisfies(actual, operator, required)
      }
      for (const c of named.get(name)!) {
        const versions = c.r.provides.map((p) => parseConstraint(p)).filter((p) => p.name === name && p.version !== '')
        if (c.r.name === name ? bad(c.r.version) : versions.some((p) => bad(p.version))) excluded.add(c)
      }
    }
  }

  const excludeRivals = (p: Candidate) => {
    for (const { name, version } of p.r.provides.map((text) => parseConstraint(text))) {
      for (const q of named.get(name) ?? []) {
        if (q === p) continue
        if (version !== '' || q.r.name === name || firstOf(q, name) !== '') excluded.add(q)
      }
    }
  }

  const select = (p: Candidate) => {
    const before = selected.get(p.r.name)
    if (before === p) return
    if (before !== undefined) throw new Refused(`select ${p.r.name}`)
    selected.set(p.r.name, p)
    for (const { name, version } of p.r.provides.map((text) => parseConstraint(text))) {
      if (selected.has(name)) throw new Refused(`select ${p.r.name}`)
      if (version !== '') selected.set(name, p)
    }
  }

  const settled = (p: Candidate, own: Set<string>, d: string): boolean => {
    const { name, operator, version } = parseConstraint(d)
    if (own.has(name) || own.has(d)) return true
    const pv = parseVersion(p.r.version)
    const v = parseVersion(version)
    if (
      name === p.r.name &&
      pv !== undefined &&
      (operator === 'any' || (v !== undefined && satisfies(pv, operator, v)))
    )
      return true
    const q = selected.get(name)
    if (q === undefined) return false
    if (version === '') return true
    const qv = parseVersion(q.r.version)
    if (qv === undefined || v === undefined) throw new Refused(`selected ${q.r.name}`)
    for (const x of q.r.provides.map((text) => parseConstraint(text))) {
      if (x.name !== name || x.version === '') continue
      const xv = parseVersion(x.version)
      if (xv === undefined) throw new Refused(`selected ${q.r.name}`)
      if (satisfies(xv, x.operator, v)) return true
    }
    if (satisfies(qv, operator, v)) return true
    throw new Refused(`selected ${q.r.name}`)
  }

  const depsOf = (
    p: Candidate,
    allow: string,
    parents: ReadonlySet<string>,
    E: Existing,
    O: Map<string, string>,
  ): [Candidate[], string[]] => {
    if (parents.has(p.r.name)) return [[], []]
    const own = new Set(p.r.provides.flatMap((text) => [text, parseConstraint(text).name]))
    constrain(p.r.dependencies)
    let rest: readonly string[] = p.r.dependencies
    const list: Candidate[] = []
    const conflicts: string[] = []
    for (;;) {
      const options = new Map<string, Candidate[]>()
      for (const d of rest) {
        if (d.startsWith('!')) conflicts.push(d.slice(1))
        else if (!settled(p, own, d)) {
          const found = filter(d, allow, '', E.get(parseConstraint(d).name))
          if (found.length === 0) throw new Refused(`nothing for ${d}`)
          options.set(d, found)
        }
      }
      if (options.size === 0) return [list, conflicts]
      const [low] = [...options].sort((a, b) => a[1].length - b[1].length || compareBytes(a[0], b[0]))
      rest = [...options.keys()].filter((d) => d !== low![0])
      const b = best(low![1], parseConstraint(low![0]).name, E, O, '')
      excludeRivals(b)
      select(p)
      const [sub, c] = depsOf(b, allow, new Set([...parents, p.r.name]), E, O)
      list.push(...sub, b)
      conflicts.push(...c)
      for (const q of sub) {
        E.set(q.r.name, q)
        if (q.r.origin !== '') O.set(q.r.origin, q.r.version)
      }
    }
  }

  const installIf = (dependencies: readonly Candidate[]): Candidate[] => {
    const queue = [...dependencies]
    const added = new Map(queue.map((c) => [c.r.name, c]))
    for (const { r } of queue) {
      for (const q of triggers.get(r.name) ?? triggers.get(`${r.name}=${r.version}`) ?? []) {
        const met = q.r.installIf.every((t) => {
          const { name, version } = parseConstraint(t)
          return added.has(t) || added.get(name)?.r.version === version
        })
        if (!met || added.has(q.r.name)) continue
        added.set(q.r.name, q)
        queue.push(q)
      }
    }
    return queue
  }

  const candidates = (w: string): Candidate[] => {
    const found = filter(w, '', parseConstraint(w).pin)
    if (found.length === 0) throw new Refused(`nothing for ${w}`)
    return found
  }

  const world = sortedUnique(wanted)
  constrain(world)
  const chosen: Existing = new Map()
  let rest = world
  while (rest.length > 0) {
    const counted = rest.map((w) => ({ w, list: candidates(w) }))
    const next = counted.reduce((low, one) => (one.list.length < low.list.length ? one : low))
    const { name, pin } = parseConstraint(next.w)
    const p = best(next.list, name, new Map(), new Map(), pin)
    chosen.set(p.r.name, p)
    rest = rest.filter((w) => w !== next.w)
    excludeRivals(p)
  }
  const result = new Map<string, Candidate>()
  const conflicts = new Set<string>()
  for (const w of world) {
    const { name, pin } = parseConstraint(w)
    const E = new Map(chosen)
    const O = new Map([...chosen.values()].filter((c) => c.r.origin !== '').map((c) => [c.r.origin, c.r.version]))
    const p = best(candidates(w), name, new Map(), new Map(), pin)
    const [sub, c] = depsOf(p, pin, new Set(), E, O)
    const unique = sub.filter((one, i) => sub.findIndex((other) => other.r.name === one.r.name) === i)
    for (const conflict of c) conflicts.add(conflict)
    for (const d of [...installIf(unique), p]) {
      if (!result.has(d.r.name)) result.set(d.r.name, d)
      if (!chosen.has(d.r.name)) chosen.set(d.r.name, d)
    }
  }
  return {
    packages: [...result.values()].map(({ r, location }) => `${location}/${r.name}-${r.version}`),
    conflicts: [...conflicts],
  }
}
