import {
  type ApkLimits,
  checkIntegrity,
  checksumText,
  type ExpandedApk,
  expandApk,
  limitOf,
  type PackageRecord,
} from '@apkts/apk'
import { inflateMember, scanTar } from '@apkts/archive'
import { DiagnosticError } from '@apkts/diagnostics'
import { judgeSignatures, type KeyPolicy, type Keys, readSignatureMember } from '@apkts/keyring'
import { checkEntries } from './entries.ts'
import { Findings, type Report } from './types.ts'

export interface VerifyPackageInput {
  /** Path or URL, for messages. */
  readonly subject: string
  readonly bytes: AsyncIterable<Uint8Array>
  readonly keys: Keys
  /** What a trusted index says about it. */
  readonly record?: PackageRecord
  readonly limits?: ApkLimits
  readonly policy?: KeyPolicy | undefined
}

/**
 * Checks a whole package as a stream: signatures over the control section, control section against the index, data section
 * against the control section, each file against its SHA-1, each entry against what installers accept.
 * @throws whatever reading the bytes throws; a package that does not hold is a report with faults.
 */
export async function verifyPackageStream(input: VerifyPackageInput): Promise<Report> {
  const { subject, bytes, keys, record, limits } = input
  const findings = new Findings(subject)
  const options = { file: subject, ...(limits === undefined ? {} : { limits }) }
  const onDamage = (damage: DiagnosticError) => findings.faults.push(faultOf(damage, subject))
  let apk: ExpandedApk
  try {
    apk = await expandApk(bytes, { ...options, onDamage })
  } catch (error) {
    if (!isFault(error)) throw error
    findings.faults.push(faultOf(error, subject))
    return { kind: 'package', subject, summary: 'cannot be read', ...findings, parts: [] }
  }
  guard(findings, subject, () => checkIntegrity(apk, subject))
  if (record !== undefined) compareWithRecord(apk, record, findings)
  checkControlForm(apk, findings, limits)
  checkEntries(apk.entries, findings)
  const signatures = signaturesOf(apk, subject, findings, limits)
  const { trust, judgements } = judgeSignatures(signatures, apk.control, keys, input.policy)
  for (const { entry, state, reason } of judgements) {
    if (reason !== undefined && state !== 'unknown-key') findings.warn('SIGNATURE', reason, entry)
  }
  return {
    kind: 'package',
    subject,
    trust,
    signatures: judgements,
    summary: summaryOf(apk),
    faults: findings.faults,
    warnings: findings.warnings,
    parts: [],
    ...(record === undefined ? {} : { vouched: true }),
  }
}

const FORMAT_ERRORS = new Set(['ApkError', 'ArchiveError', 'KeyringError'])

/** True for errors about the bytes themselves, not about getting them. */
export function isFault(error: unknown): error is DiagnosticError {
  return error instanceof DiagnosticError && FORMAT_ERRORS.has(error.name)
}

/** An error of a format as a fault; its message names the place already. */
export function faultOf(error: DiagnosticError, subject: string): Report['faults'][number] {
  const prefix = `${subject}: `
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
  return { code: error.code, at: subject, message: error.hint === undefined ? message : `${message} (${error.hint})` }
}

function guard(findings: Findings, subject: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!isFault(error)) throw error
    findings.faults.push(faultOf(error, subject))
  }
}

function summaryOf({ pkgInfo, entries }: ExpandedApk): string {
  const files = entries.filter(({ header }) => header.type !== 'directory').length
  return `${pkgInfo.name}-${pkgInfo.version} ${pkgInfo.arch}, ${files} ${files === 1 ? 'file' : 'files'}`
}

function compareWithRecord(apk: ExpandedApk, record: PackageRecord, findings: Findings): void {
  const found = checksumText(apk.sections.control.digest)
  const wanted = checksumText(record.checksum)
  if (found !== wanted) {
    findings.fault('CONTROL_CHECKSUM', `the index says ${wanted}, its control section has ${found}`, 'control section')
  }
  if (record.size !== apk.fileSize) {
    findings.fault('PACKAGE_SIZE', `the index says ${record.size} bytes, the file has ${apk.fileSize}`)
  }
  for (const field of ['name', 'version', 'arch'] as const) {
    if (record[field] === apk.pkgInfo[field]) continue
    const message = `the index says ${field} ${record[field]}, .PKGINFO says ${apk.pkgInfo[field]}`
    findings.fault('PACKAGE_IDENTITY', message, '.PKGINFO')
  }
}

/** What apk-tools asks of a control section beyond apko. */
function checkControlForm({ control }: ExpandedApk, findings: Findings, limits?: ApkLimits): void {
  const tar = scanTar(inflateMember(control, 0, limitOf(limits, 'control')).data)
  if (tar.endMarker)
    findings.fault('CONTROL_FORM', 'it has an end-of-archive marker; apk-tools refuses that', 'control section')
  if (tar.danglingExtension) {
    findings.fault('CONTROL_FORM', 'it ends with an extension header that has no entry', 'control section')
  }
}

function signaturesOf(apk: ExpandedApk, subject: string, findings: Findings, limits?: ApkLimits) {
  if (apk.signature === undefined) return []
  try {
    return readSignatureMember(apk.signature, subject, limitOf(limits, 'control')).signatures
  } catch (error) {
    if (!isFault(error)) throw error
    findings.faults.push(faultOf(error, subject))
    return []
  }
}
