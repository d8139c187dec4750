import { messageOf } from '@apkts/diagnostics'
import { KeyringError } from './error.ts'
import { type Keys, loadPublicKey, verify } from './public-key.ts'
import { HASHES, type Signature } from './signature-member.ts'

/** What one signature entry is worth. */
export interface SignatureJudgement {
  readonly entry: string
  readonly keyName: string
  readonly state: 'good' | 'bad' | 'unknown-key' | 'unknown-algorithm' | 'unusable-key'
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
  | { readonly state: 'unsigned' }

/** Keys that are still trusted below this size can be factored in reach of large budgets. */
const SOUND_BITS = 2048

/**
 * Judges every signature over the bytes it should cover. Stricter than the originals: a signature by a known key that does
 * not hold makes the whole file `bad-signature`, whatever stands beside it; otherwise one good signature suffices.
 */
export function judgeSignatures(
  signatures: readonly Signature[],
  signed: Uint8Array,
  keys: Keys,
): { trust: Trust; judgements: SignatureJudgement[] } {
  const judgements = signatures.map((signature) => judge(signature, signed, keys))
  const named = (state: SignatureJudgement['state']) =>
    judgements.filter((judgement) => judgement.state === state).map(({ keyName }) => keyName)
  const bad = named('bad')
  const good = named('good')
  if (judgements.length === 0) return { trust: { state: 'unsigned' }, judgements }
  if (bad.length > 0) return { trust: { state: 'bad-signature', keys: bad }, judgements }
  if (good.length > 0) return { trust: { state: 'trusted', keys: good }, judgements }
  return { trust: { state: 'unknown-key', keys: judgements.map(({ keyName }) => keyName) }, judgements }
}

/** `trusted by KEY`, `unknown key NAME`, `bad signature by KEY` or `unsigned`. */
export function trustText(trust: Trust): string {
  switch (trust.state) {
    case 'trusted':
      return `trusted by ${trust.keys.join(', ')}`
    case 'unknown-key':
      return `unknown key ${trust.keys.join(', ')}`
    case 'bad-signature':
      return `bad signature by ${trust.keys.join(', ')}`
    case 'unsigned':
      return 'unsigned'
  }
}

function judge(
  { entry, algorithm, keyName, signature }: Signature,
  signed: Uint8Array,
  keys: Keys,
): SignatureJudgement {
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined
  const pem = keys.get(keyName)
  if (hash === undefined) {
    return { entry, keyName, state: 'unknown-algorithm', reason: `the algorithm ${algorithm} is unknown` }
  }
  if (pem === undefined) {
    return { entry, keyName, state: 'unknown-key', reason: `the key ${keyName} is not among the keys at hand` }
  }
  try {
    const { keyObject, bits } = loadPublicKey(pem, keyName)
    const good = verify(signed, signature, hash, keyObject)
    const reason = good ? weakness(hash, bits) : `does not verify with ${keyName}`
    return { entry, keyName, state: good ? 'good' : 'bad', bits, ...(reason === undefined ? {} : { reason }) }
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    return { entry, keyName, state: 'unusable-key', reason: messageOf(error) }
  }
}

function weakness(hash: string, bits: number): string | undefined {
  if (bits < SOUND_BITS) return `its key has only ${bits} bits; make a new one of at least ${SOUND_BITS}`
  return hash === 'sha1' ? 'it is made with SHA-1, which can be forged with effort; sign again with RSA256' : undefined
}
