import { ApkError } from '../error.ts'
import { parseConstraint } from '../version/constraint.ts'
import { formatPkgInfo, type PkgInfoInput } from './format.ts'
import { type PkgInfo, parsePkgInfo } from './parse.ts'

/** Something that a `.PKGINFO` would not say as meant. */
export interface PkgInfoProblem {
  /** Errors make a package that cannot be read, or that says something else; warnings lose text. */
  readonly severity: 'error' | 'warning'
  /** Key in `.PKGINFO`. */
  readonly key: string
  readonly message: string
}

/**
 * What will go wrong with a `.PKGINFO` that nothing can escape: line breaks that inject lines, text that the readers of
 * apko and melange cut, several licenses of which they keep one, operators they do not know. Empty when all is well.
 */
export function pkgInfoProblems(input: PkgInfoInput): PkgInfoProblem[] {
  const breaks = lineBreaks(input)
  if (breaks.length > 0) return breaks
  return [...misread(input), ...licenses(input), ...operators(input)]
}

function texts(input: PkgInfoInput): [string, string][] {
  const { name, version, arch, origin, description, url, commit, namespace, licenses, dependencies, provides } = input
  const many = (key: string, values: readonly string[] | undefined) =>
    (values ?? []).map((value): [string, string] => [key, value])
  return [
    ['pkgname', name],
    ['pkgver', version],
    ['arch', arch],
    ['origin', origin],
    ['pkgdesc', description],
    ['url', url],
    ['commit', commit],
    ['maintainer', namespace ?? ''],
    ['provider_priority', input.providerPriority ?? ''],
    ['replaces_priority', input.replacesPriority ?? ''],
    ...many('license', licenses),
    ...many('depend', dependencies),
    ...many('provides', provides),
    ...many('replaces', input.replaces),
    ...many('vendored', input.vendored),
    ...many('triggers', input.triggers),
  ]
}

function lineBreaks(input: PkgInfoInput): PkgInfoProblem[] {
  return texts(input)
    .filter(([, value]) => /[\n\r]/.test(value))
    .map(([key, value]) => ({
      severity: 'error',
      key,
      message: `${key} contains a line break, which would start another line of .PKGINFO: ${JSON.stringify(value)}`,
    }))
}

const READ_AS = [
  ['pkgname', 'name', (input) => input.name],
  ['pkgver', 'version', (input) => input.version],
  ['arch', 'arch', (input) => input.arch],
  ['origin', 'origin', (input) => input.origin],
  ['pkgdesc', 'description', (input) => input.description],
  ['url', 'url', (input) => input.url],
  ['commit', 'commit', (input) => input.commit],
  ['maintainer', 'maintainer', (input) => input.namespace ?? ''],
  ['license', 'license', (input) => input.licenses?.[0] ?? ''],
  ['depend', 'dependencies', (input) => unique(input.dependencies)],
  ['provides', 'provides', (input) => unique(input.provides)],
  ['replaces', 'replaces', (input) => unique(input.replaces)],
] as const satisfies readonly (readonly [string, keyof PkgInfo, (input: PkgInfoInput) => string | string[]])[]

function unique(values: readonly string[] | undefined): string[] {
  return [...new Set(values)]
}

/** Reads the text back with the originals' rules and reports every value that comes out differently. */
function misread(input: PkgInfoInput): PkgInfoProblem[] {
  const read = readBack(input)
  if (typeof read === 'string') return [{ severity: 'error', key: '.PKGINFO', message: `will be unreadable: ${read}` }]
  return READ_AS.flatMap(([key, field, expected]): PkgInfoProblem[] => {
    const [want, found] = [JSON.stringify(expected(input)), JSON.stringify(read[field])]
    if (want === found) return []
    return [{ severity: 'warning', key, message: `${key} will be read as ${found}, not ${want}` }]
  })
}

function readBack(input: PkgInfoInput): PkgInfo | string {
  try {
    return parsePkgInfo(formatPkgInfo(input))
  } catch (error) {
    if (error instanceof ApkError) return error.message
    throw error
  }
}

function licenses({ licenses = [] }: PkgInfoInput): PkgInfoProblem[] {
  if (licenses.length < 2) return []
  const message = `several licenses: apko and indexes keep only the first, ${licenses[0]}`
  return [{ severity: 'warning', key: 'license', message }]
}

function operators({ dependencies = [], provides = [] }: PkgInfoInput): PkgInfoProblem[] {
  const unknown = (key: string) => (text: string) => {
    const { unknownOperator } = parseConstraint(text.replace(/^!/, ''))
    if (unknownOperator === undefined) return []
    const message = `${text}: apko does not know the operator ${unknownOperator} and ignores the version`
    return [{ severity: 'warning' as const, key, message }]
  }
  return [...dependencies.flatMap(unknown('depend')), ...provides.flatMap(unknown('provides'))]
}
