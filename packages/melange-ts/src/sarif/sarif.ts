import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRemote } from '@apkts/repository'

/** What a program found, for a log that code scanning services read. */
export interface SarifRun {
  /** Name and version of the program. */
  readonly name: string
  readonly version: string
  /** What is looked for, in the order in which the log has them; at least every rule that a result names. */
  readonly rules: readonly SarifRule[]
  /** Every file that was looked at: paths or URLs. */
  readonly files: readonly string[]
  readonly results: readonly SarifResult[]
}

export interface SarifRule {
  readonly id: string
  readonly description?: string
}

export interface SarifResult {
  /** Id of the rule. */
  readonly rule: string
  readonly level: 'error' | 'warning'
  readonly message: string
  /** Path or URL. */
  readonly file: string
  /** Counted from 1; the column in UTF-16 code units. */
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** Paths inside the file, when that is a package. */
  readonly members?: readonly string[]
  /** What stays the same when the result is found again elsewhere. */
  readonly fingerprint?: string
}

/** Text of a log in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS). */
export function sarifLog({ name, version, rules, files, results }: SarifRun): string {
  const ruleIds = rules.map(({ id }) => id)
  const described = rules.map(({ id, description }) => ({
    id,
    ...(description !== undefined && { shortDescription: { text: description } }),
  }))
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name, version, rules: described } },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map((file) => ({ location: { uri: uriOf(file) } })),
        results: results.map((result) => sarifResult(result, ruleIds)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function sarifResult({ rule, level, message, fingerprint, ...place }: SarifResult, ruleIds: readonly string[]) {
  return {
    ruleId: rule,
    ruleIndex: ruleIds.indexOf(rule),
    level,
    message: { text: message },
    locations: [locationOf(place)],
    ...(fingerprint !== undefined && { partialFingerprints: { 'melange-ts/v1': fingerprint } }),
  }
}

function locationOf({ file, line, column, members = [] }: Pick<SarifResult, 'file' | 'line' | 'column' | 'members'>) {
  const region = line !== undefined && {
    region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
  }
  const logicalLocations = members.map((path) => ({ fullyQualifiedName: path, kind: 'member' }))
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region },
    ...(logicalLocations.length > 0 && { logicalLocations }),
  }
}

/** A URL stays, a path becomes a reference as RFC 3986 has it. */
function uriOf(file: string): string {
  if (isRemote(file)) return file
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/')
}
