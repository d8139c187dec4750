import { type Paragraph, parseDeb822 } from './deb822.ts'
import { type DebianVersion, parseDebianVersion } from './debian-version.ts'
import { ImportError } from './error.ts'

export type RelationOperator = '<<' | '<=' | '=' | '>=' | '>>'

/** One package named in a relationship field, Debian policy 7.1. */
export interface Relation {
  readonly name: string
  readonly operator?: RelationOperator
  readonly version?: DebianVersion
}

/** What an import needs to know from a binary package's control paragraph, Debian policy 5.3. */
export interface DebControl {
  readonly name: string
  readonly version: DebianVersion
  /** As written, for messages and keys. */
  readonly versionText: string
  readonly architecture: string
  /** Name and version of the source package. */
  readonly source: string
  readonly sourceVersion: string
  /** First line of the description. */
  readonly summary: string
  readonly homepage: string
  readonly maintainer: string
  /** `Pre-Depends` and `Depends`: each entry is a list of alternatives, best first. */
  readonly depends: readonly (readonly Relation[])[]
  readonly provides: readonly Relation[]
  readonly replaces: readonly Relation[]
}

/** Parses the control file of one binary package. @throws ImportError `DEB_CONTROL_INVALID` or `DEB_VERSION_INVALID` */
export function parseControl(text: string, file: string): DebControl {
  const [paragraph] = parseDeb822(text, file)
  if (paragraph === undefined)
    throw new ImportError('DEB_CONTROL_INVALID', 'expected a control paragraph, found none', { at: { file } })
  return controlFromParagraph(paragraph, file)
}

/** `Source: name (version)`, the version where it is another one (Debian policy 5.6.1). */
const SOURCE = /^(\S+)(?:\s*\(\s*([^\s)]+)\s*\))?/

/** The same from a paragraph that is parsed already, such as one of `apt-cache show`. */
export function controlFromParagraph(fields: Paragraph, file: string): DebControl {
  const name = required(fields, 'package', file)
  if (!/^[a-z0-9][a-z0-9+.-]*$/.test(name)) throw invalid(`a package name, found "${name}"`, file)
  const versionText = required(fields, 'version', file)
  const [, source = name, sourceVersion = versionText] = SOURCE.exec(fields.get('source') ?? '') ?? []
  return {
    name,
    version: parseDebianVersion(versionText),
    versionText,
    architecture: required(fields, 'architecture', file),
    source,
    sourceVersion,
    summary: (fields.get('description') ?? '').split('\n')[0]!.trim(),
    homepage: fields.get('homepage') ?? '',
    maintainer: fields.get('maintainer') ?? '',
    depends: [
      ...parseRelations(fields.get('pre-depends') ?? '', file),
      ...parseRelations(fields.get('depends') ?? '', file),
    ],
    provides: parseRelations(fields.get('provides') ?? '', file).flat(),
    replaces: parseRelations(fields.get('replaces') ?? '', file).flat(),
  }
}

/** Parses a relationship field: alternatives by `|`, entries by `,`; architecture and profile lists are not allowed in binaries. */
export function parseRelations(text: string, file: string): Relation[][] {
  const entries = text.split(',').map((entry) => entry.trim())
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => entry.split('|').map((one) => parseRelation(one.trim(), file)))
}

const RELATION = /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?$/

function parseRelation(text: string, file: string): Relation {
  const match = RELATION.exec(text)
  if (match === null) throw invalid(`a package relation such as "libc6 (>= 2.34)", found "${text}"`, file)
  const [, name, operator, version] = match
  if (operator === undefined || version === undefined) return { name: name! }
  return { name: name!, operator: modernOperator(operator), version: parseDebianVersion(version) }
}

// Debian policy 7.1: the obsolete single signs include equality.
function modernOperator(operator: string): RelationOperator {
  if (operator === '<') return '<='
  return operator === '>' ? '>=' : (operator as RelationOperator)
}

function required(fields: Paragraph, name: string, file: string): string {
  const value = fields.get(name)
  if (value === undefined || value === '') throw invalid(`the field "${name}" in the control paragraph`, file)
  return value
}

function invalid(message: string, file: string): ImportError {
  return new ImportError('DEB_CONTROL_INVALID', `expected ${message}`, { at: { file } })
}
