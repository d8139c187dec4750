import { redactUrl } from '@apkts/repository'
import type { SolverIndex } from '@apkts/solver'

/** Programs for one C library do not run with the other. */
export type CLibrary = 'musl' | 'glibc'

/**
 * The C library that the packages of an index are for: told by the shared objects they need and provide, or else by the
 * host the index comes from. Undefined when nothing tells.
 */
export function cLibraryOf({ records, location }: Pick<SolverIndex, 'records' | 'location'>): CLibrary | undefined {
  let musl = 0
  let glibc = 0
  for (const { dependencies, provides } of records) {
    for (const text of [...dependencies, ...provides]) {
      if (text.startsWith('so:libc.musl-')) musl++
      else if (/^so:(libc|ld-linux[^.]*)\.so\./.test(text)) glibc++
    }
    if (musl + glibc >= ENOUGH) break
  }
  if (musl === glibc) return originOf(location)
  return musl > glibc ? 'musl' : 'glibc'
}

/** So many signs are enough: a single package may bring a layer for the other library. */
const ENOUGH = 50

const ORIGINS: readonly (readonly [RegExp, CLibrary])[] = [
  [/^https?:\/\/(?:[^/]*[@.])?alpinelinux\.org\//, 'musl'],
  [/^https?:\/\/(?:[^/]*[@.])?(?:wolfi\.dev|cgr\.dev|chainguard\.dev)\//, 'glibc'],
]

function originOf(location: string): CLibrary | undefined {
  return ORIGINS.find(([pattern]) => pattern.test(location))?.[1]
}

/** Says which repositories are for which C library, when they are for both; undefined when they go together. */
export function describeMixture(indexes: readonly SolverIndex[]): string | undefined {
  if (indexes.length < 2) return undefined
  const found = indexes.map((index) => ({ location: redactUrl(index.location), library: cLibraryOf(index) }))
  const of = (wanted: CLibrary) => found.filter(({ library }) => library === wanted).map(({ location }) => location)
  const [musl, glibc] = [of('musl'), of('glibc')]
  if (musl.length === 0 || glibc.length === 0) return undefined
  return `repositories for different C libraries: ${musl.join(', ')} for musl (Alpine), ${glibc.join(', ')} for glibc (Wolfi)`
}
