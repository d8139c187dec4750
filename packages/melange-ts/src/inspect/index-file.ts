import { checksumText, type PackageRecord, readIndexArchive } from '@apkts/apk'
import { sha256Hex } from '@apkts/encoding'
import { type KeyedSignature, signaturesIn } from './signatures.ts'

/** What an index says, without trusting it. */
export interface IndexInspection {
  readonly kind: 'index'
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly description: string
  readonly signatures: readonly KeyedSignature[]
  readonly packages: readonly Readonly<Record<string, unknown>>[]
}

/** Reads an index; its signatures are named, not checked. @throws ApkError or KeyringError. */
export function inspectIndex(bytes: Uint8Array, file: string): IndexInspection {
  const { signatures, end } = signaturesIn(bytes, file)
  const { records, description } = readIndexArchive(bytes.subarray(end), { file })
  return {
    kind: 'index',
    file,
    size: bytes.length,
    sha256: sha256Hex(bytes),
    description,
    signatures,
    packages: records.map(recordFacts),
  }
}

function recordFacts({ checksum, providerPriority, replaces: _, ...rest }: PackageRecord): Record<string, unknown> {
  return { ...rest, providerPriority: Number(providerPriority), checksum: checksumText(checksum) }
}
