import { parseConstraint } from '@apkts/apk'
import type { Candidate } from './candidate.ts'
import type { Taken } from './state.ts'
import type { Universe } from './universe.ts'

/**
 * Appends the records whose `install_if` is met by the dependencies of one world entry. The world entry itself does not
 * count, nor do provided names; the added records' own dependencies are not solved, but they can trigger further ones.
 * Among the builds of one package the first in index order is taken.
 */
export function addInstallIf(universe: Universe, dependencies: readonly Taken[]): Taken[] {
  const queue = [...dependencies]
  const added = new Map(queue.map(({ candidate }) => [candidate.name, candidate]))
  for (const { candidate } of queue) {
    for (const triggered of triggeredBy(universe, candidate)) {
      if (added.has(triggered.name) || !isMet(triggered, added)) continue
      added.set(triggered.name, triggered)
      queue.push({ candidate: triggered, reason: reasonFor(triggered, candidate) })
    }
  }
  return queue
}

// A list for the plain name hides the list for `name=version`.
function triggeredBy({ byInstallIf }: Universe, { record }: Candidate): readonly Candidate[] {
  return byInstallIf.get(record.name) ?? byInstallIf.get(`${record.name}=${record.version}`) ?? []
}

function isMet({ record }: Candidate, added: ReadonlyMap<string, Candidate>): boolean {
  return record.installIf.every((text) => {
    if (added.has(text)) return true
    const { name, version } = parseConstraint(text)
    return added.get(name)?.record.version === version
  })
}

function reasonFor({ record }: Candidate, trigger: Candidate): Taken['reason'] {
  const constraint = record.installIf.join(' ')
  return { kind: 'install-if', constraint, requiredBy: trigger.build, beaten: [], excluded: [] }
}
