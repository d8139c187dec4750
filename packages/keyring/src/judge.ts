import { messageOf } from '@apkts/diagnostics'
import { KeyringError } from './error.ts'
import { expiredSince, type KeyPolicy } from './policy.ts'
import { type Keys, loadPublicKey, verify } from './public-key.ts'
import { HASHES, type Signature } from './signature-member.ts'

/** What one signature entry is worth. */
export interface SignatureJudgement {
  readonly entry: string
  readonly keyName: string
  readonly state: 'good' | 'bad' | 'unknown-key' | 'unknown-algorithm' | 'unusable-key' | 'expired-key'
  /** Bits of the key, when it could be loaded. */
  readonly bits?: number
  /** Why it is not good, or what is weak about it. */
  readonly reason?: string
}

/** What all signatures of a package or index are worth together. */
export type Trust =
  | { readonly state: 'trusted'; readonly keys: readonly string[] }
  | { readonly state: 'unknown-key'; readonly keys: readonly string[] }
  | { readonly state: 'bad-signature'; readonly keys: readonly string[] }
  | { readonly state: 'expired-key'; readonly keys: readonly string[] }
  | { readonly state: 'unusable-key'; readonly keys: readonly string[] }
  | { readonly state: 'unsigned' }

/**
 * Judges every signature over the bytes it should cover. Stricter than the originals: a signature by a known key that does
 * not hold makes the whole file `bad-signature`, whatever stands beside it; otherwise one good signature suffices.
 */
export function judgeSignatures(
  signatures: readonly Signature[],
  signed: Uint8Array,
  keys: Keys,
  policy: KeyPolicy = {},
): { trust: Trust; judgements: SignatureJudgement[] } {
  const judged = signatures.map((signature) => judge(signature, signed, keys, policy))
  const judgements = judged.some(isStrong) ? judged.map(withoutWeakness) : judged
  return { trust: trustOf(judgements), judgements }
}

/** The first of these states that a signature is in is what all of them are worth. */
const TRUST_STATES = [
  ['bad', 'bad-signature'],
  ['good', 'trusted'],
  ['expired-key', 'expired-key'],
  ['unusable-key', 'unusable-key'],
] as const

function trustOf(judgements: readonly SignatureJudgement[]): Trust {
  if (judgements.length === 0) return { state: 'unsigned' }
  for (const [state, trust] of TRUST_STATES) {
    const found = judgements.filter((judgement) => judgement.state === state)
    if (found.length > 0) return { state: trust, keys: found.map(({ keyName }) => keyName) }
  }
  return { state: 'unknown-key', keys: judgements.map(({ keyName }) => keyName) }
}

function isStrong({ state, reason }: SignatureJudgement): boolean {
  return state === 'good' && reason === undefined
}

/** A weak signature is no reason to worry beside a strong one. */
function withoutWeakness(judgement: SignatureJudgement): SignatureJudgement {
  if (judgement.state !== 'good') return judgement
  const { reason: _, ...rest } = judgement
  return rest
}

/** `trusted by KEY`, `unknown key NAME`, `bad signature by KEY`, `expired key KEY`, `unusable key KEY` or `unsigned`. */
export function trustText(trust: Trust): string {
  switch (trust.state) {
    case 'trusted':
      return `trusted by ${trust.keys.join(', ')}`
    case 'unknown-key':
      return `unknown key ${trust.keys.join(', ')}`
    case 'bad-signature':
      return `bad signature by ${trust.keys.join(', ')}`
    case 'expired-key':
      return `expired key ${trust.keys.join(', ')}`
    case 'unusable-key':
      return `unusable key ${trust.keys.join(', ')}`
    case 'unsigned':
      return 'unsigned'
  }
}

function judge(
  { entry, algorithm, keyName, signature }: Signature,
  signed: Uint8Array,
  keys: Keys,
  policy: KeyPolicy,
): SignatureJudgement {
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined
  const pem = keys.get(keyName)
  if (hash === undefined) {
    return { entry, keyName, state: 'unknown-algorithm', reason: `the algorithm ${algorithm} is unknown` }
  }
  if (pem === undefined) {
    return { entry, keyName, state: 'unknown-key', reason: `the key ${keyName} is not among the keys at hand` }
  }
  const expired = expiredSince(keyName, policy)
  if (expired !== undefined) {
    return { entry, keyName, state: 'expired-key', reason: `the key ${keyName} expired on ${expired}` }
  }
  try {
    const { keyObject, bits } = loadPublicKey(pem, keyName, policy)
    const good = verify(signed, signature, hash, keyObject)
    const reason = good ? weakness(hash) : `does not verify with ${keyName}`
    return { entry, keyName, state: good ? 'good' : 'bad', bits, ...(reason === undefined ? {} : { reason }) }
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    return { entry, keyName, state: 'unusable-key', reason: messageOf(error) }
  }
}

function weakness(hash: string): string | undefined {
  return hash === 'sha1' ? 'it is made with SHA-1, which can be forged with effort; sign again with RSA256' : undefined
}
