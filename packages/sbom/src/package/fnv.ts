import { utf8 } from '@apkts/encoding'

const OFFSET = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn
const MASK = (1n << 128n) - 1n

/** FNV-1a hash of 128 bits of a short text, in hex. */
export function fnv1a128(text: string): string {
  let hash = OFFSET
  for (const byte of utf8(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  return hash.toString(16).padStart(32, '0')
}
