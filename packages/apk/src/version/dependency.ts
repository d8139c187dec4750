import { compareVersions } from './apk-tools.ts'

/** How a dependency compares versions, in apk-tools' words; empty accepts all. */
export type DependencyOperator = '' | '=' | '<' | '<=' | '<~' | '~' | '>=' | '>~' | '>' | '><'

/** A dependency as apk-tools reads it; a tag (`name@tag`) is still part of the name. */
export interface Dependency {
  readonly name: string
  /** True for `!name`: the package must not be there. */
  readonly conflict: boolean
  /** Canonical; `><` means that `version` is a package checksum. Empty without a version. */
  readonly operator: DependencyOperator
  readonly version: string
}

const GRAMMAR = /^(!?)([^<=>~]*)(?:([<=>~]+)(.+))?$/s

/** Meaning of an operator's characters taken as a set; `~` includes equality. */
const OPERATORS: Readonly<Record<string, DependencyOperator>> = {
  '': '',
  '<': '<',
  '<=': '<=',
  '<=~': '<~',
  '<~': '<~',
  '=': '=',
  '=~': '~',
  '~': '~',
  '=>': '>=',
  '=>~': '>~',
  '>~': '>~',
  '>': '>',
  '<>': '><',
}

/** Parses `[!]name[operator version]` like apk-tools; undefined where that reports an error. */
export function parseDependency(text: string): Dependency | undefined {
  const match = GRAMMAR.exec(text)
  if (match === null) return undefined
  const [, bang, name = '', characters = '', version = ''] = match
  const operator = OPERATORS[[...new Set(characters)].sort().join('')]
  return operator === undefined ? undefined : { name, conflict: bang === '!', operator, version }
}

/** Canonical text of a dependency, as apk-tools prints it. */
export function formatDependency({ conflict, name, operator, version }: Dependency): string {
  return `${conflict ? '!' : ''}${name}${operator}${version}`
}

/** Whether a version meets `operator required` in apk-tools. Checksums (`><`) are compared as texts. */
export function satisfiesDependency(actual: string, operator: DependencyOperator, required: string): boolean {
  if (operator === '' || actual === '') return true
  if (operator === '><') return actual === required
  const order = compareVersions(actual, required, { fuzzy: operator.includes('~') })
  if (order === 0) return operator !== '<' && operator !== '>'
  return operator.startsWith(order < 0 ? '<' : '>')
}
