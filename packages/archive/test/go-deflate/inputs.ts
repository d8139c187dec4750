/** Inputs that the originals were run on; every byte follows from name and size. */
export const INPUTS = { text, noise, bytes: xorshift, zeros, cycle, records } as const

export type InputName = keyof typeof INPUTS

const TEXT_ALPHABET = Buffer.from('abcdefghijklmnopqrstuvwxyz      ')

/** Letters and spaces without repetitions but those of chance. */
function text(size: number): Uint8Array {
  return lcg(size, (state) => TEXT_ALPHABET[state >>> 27]!)
}

function noise(size: number): Uint8Array {
  return lcg(size, (state) => state >>> 24)
}

function lcg(size: number, toByte: (state: number) => number): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = 1
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[index] = toByte(state)
  }
  return bytes
}

function xorshift(size: number): Uint8Array {
  const next = xorshiftFrom(2463534242)
  const bytes = new Uint8Array(size)
  for (let index = 0; index < size; index++) bytes[index] = next() >>> 16
  return bytes
}

function xorshiftFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

function zeros(size: number): Uint8Array {
  return new Uint8Array(size)
}

function cycle(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => index % 7)
}

const FAR = 40000
const MIDDLE = 5000
const NEAR = 300

/** Runs of zeros, copies from near and far (some too far), letters and random bytes, up to 3000 bytes each. */
function records(size: number): Uint8Array {
  const next = xorshiftFrom(7)
  const bytes = new Uint8Array(size)
  let filled = 0
  while (filled < size) {
    const kind = next() % 8
    const end = Math.min(size, filled + 1 + (next() % (kind === 0 ? 3000 : kind < 3 ? 300 : 40)))
    if (kind >= 1 && kind <= 4 && filled > 0) {
      const back = 1 + (next() % Math.min(filled, kind === 1 ? FAR : kind === 2 ? MIDDLE : NEAR))
      for (; filled < end; filled++) bytes[filled] = bytes[filled - back]!
    } else {
      for (; filled < end; filled++) bytes[filled] = kind === 0 ? 0 : kind === 5 ? next() >>> 16 : 97 + (next() % 12)
    }
  }
  return bytes
}
