import { type ApkLimits, limitOf, type PackageRecord, packageFileName, readIndexArchive } from '@apkts/apk'
import {
  judgeSignatures,
  type KeyPolicy,
  KeyringError,
  type Keys,
  readSignatureMember,
  type Signature,
  type Trust,
} from '@apkts/keyring'
import { faultOf, isFault } from './package.ts'
import { Findings, type Report } from './types.ts'

export interface VerifyIndexInput {
  readonly subject: string
  readonly bytes: Uint8Array
  readonly keys: Keys
  readonly limits?: ApkLimits
  readonly policy?: KeyPolicy | undefined
}

export interface VerifiedIndexReport {
  readonly report: Report
  /** Of the signed bytes alone; empty when they cannot be read. */
  readonly records: readonly PackageRecord[]
}

/** Checks an `APKINDEX.tar.gz`: its signatures, that its signed bytes can be read, and that its records make sense. */
export function verifyIndexBytes({ subject, bytes, keys, limits, policy }: VerifyIndexInput): VerifiedIndexReport {
  const findings = new Findings(subject)
  const base = { kind: 'index', subject, parts: [] } as const
  try {
    const { signatures, end } = signaturesOf(bytes, subject, limits)
    const signed = bytes.subarray(end)
    const { trust, judgements } = judgeSignatures(signatures, signed, keys, policy)
    for (const { entry, state, reason } of judgements) {
      if (reason !== undefined && state !== 'unknown-key') findings.warn('SIGNATURE', reason, entry)
    }
    warnOfNames(signatures, trust, findings)
    const { records } = readIndexArchive(signed, { file: subject, ...(limits === undefined ? {} : { limits }) })
    checkRecords(records, findings)
    const summary = `${records.length} ${records.length === 1 ? 'package' : 'packages'}`
    const { faults, warnings } = findings
    return { report: { ...base, trust, signatures: judgements, summary, faults, warnings }, records }
  } catch (error) {
    if (!isFault(error)) throw error
    const faults = [...findings.faults, faultOf(error, subject)]
    return { report: { ...base, summary: 'cannot be read', faults, warnings: findings.warnings }, records: [] }
  }
}

/** Signatures in front of an index and where its signed bytes start; none and 0 for an unsigned one. */
export function signaturesOf(
  bytes: Uint8Array,
  subject: string,
  limits?: ApkLimits,
): { signatures: Signature[]; end: number } {
  try {
    return readSignatureMember(bytes, subject, limitOf(limits, 'index'))
  } catch (error) {
    if (error instanceof KeyringError && error.code === 'UNSIGNED') return { signatures: [], end: 0 }
    throw error
  }
}

const USED_BY_APKO = /^(RSA|RSA256)$/

function warnOfNames(signatures: readonly Signature[], trust: Trust, findings: Findings): void {
  if (trust.state !== 'trusted') return
  for (const { entry, algorithm, keyName } of signatures) {
    if (!USED_BY_APKO.test(algorithm))
      findings.warn('SIGNATURE', `apko does not use ${algorithm} signatures of indexes`, entry)
    if (!keyName.endsWith('.rsa.pub'))
      findings.warn('SIGNATURE', 'apko refuses key names that do not end in .rsa.pub', entry)
  }
}

function checkRecords(records: readonly PackageRecord[], findings: Findings): void {
  const seen = new Set<string>()
  for (const record of records) {
    const name = packageFileName(record)
    if (record.version === '') findings.fault('INDEX_RECORD', 'it has no version (V:)', record.name)
    if (record.checksum?.length !== 20) findings.fault('INDEX_RECORD', 'it has no SHA-1 checksum (C:Q1…)', name)
    if (name.includes('/')) findings.fault('INDEX_RECORD', 'its name leads out of the repository', name)
    if (seen.has(name)) findings.warn('INDEX_RECORD', 'it is listed twice', name)
    seen.add(name)
  }
}
