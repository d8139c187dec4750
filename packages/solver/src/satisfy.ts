import {
  type Constraint,
  isValidVersion,
  type PackageRecord,
  parseConstraint,
  parseDependency,
  parseVersion,
  satisfies,
  satisfiesDependency,
} from '@apkts/apk'

/**
 * Whether an offered version (empty for an unversioned provide) meets a constraint on its name, as apk-tools sees it:
 * an unversioned provide meets everything. Versions are ordered by apko's rules; what those cannot read (operators such
 * as `>~`, versions with a hash) by apk-tools'.
 */
export function meets(version: string, constraint: Constraint): boolean {
  const { operator, version: wanted, unknownOperator } = constraint
  if (version === '') return true
  if (unknownOperator !== undefined) return meetsAsTools(version, unknownOperator, wanted)
  if (operator === 'any') return true
  const actual = parseVersion(version)
  const required = parseVersion(wanted)
  if (actual !== undefined && required !== undefined) return satisfies(actual, operator, required)
  return meetsAsTools(version, operator, wanted)
}

function meetsAsTools(version: string, operator: string, wanted: string): boolean {
  const meaning = parseDependency(`name${operator}${wanted}`)?.operator
  if (meaning === undefined) return false
  if (isValidVersion(version) && isValidVersion(wanted)) return satisfiesDependency(version, meaning, wanted)
  return version === wanted && meaning !== '<' && meaning !== '>'
}

/** A record with its `provides` taken apart; candidates are such, too. */
export interface Offering {
  readonly record: PackageRecord
  readonly provides: readonly Constraint[]
}

/** The record with its `provides` parsed. */
export function offeringOf(record: PackageRecord): Offering {
  return { record, provides: record.provides.map((text) => parseConstraint(text)) }
}

/** Whether a package meets a constraint by its own name and version or by one of its `provides`. */
export function offers({ record, provides }: Offering, constraint: Constraint): boolean {
  if (record.name === constraint.name && meets(record.version, constraint)) return true
  return provides.some((provided) => provided.name === constraint.name && meets(provided.version, constraint))
}
