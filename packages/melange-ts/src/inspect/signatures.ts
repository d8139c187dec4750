import { KeyringError, readSignatureMember } from '@apkts/keyring'

/** A signature as it stands in the file; what it is worth takes a key. */
export interface KeyedSignature {
  readonly entry: string
  readonly algorithm: string
  readonly keyName: string
  readonly bits: number
}

const LIMIT = 10_485_760

/** Signatures in front of a package or index, and where what they cover begins; none and 0 for an unsigned one. */
export function signaturesIn(bytes: Uint8Array, file: string): { signatures: KeyedSignature[]; end: number } {
  try {
    const { signatures, end } = readSignatureMember(bytes, file, LIMIT)
    return {
      signatures: signatures.map(({ entry, algorithm, keyName, signature }) => ({
        entry,
        algorithm,
        keyName,
        bits: signature.length * 8,
      })),
      end,
    }
  } catch (error) {
    if (error instanceof KeyringError && error.code === 'UNSIGNED') return { signatures: [], end: 0 }
    throw error
  }
}
