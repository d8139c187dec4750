const INITIAL_CAPACITY = 1 << 16

/** Collects a DEFLATE stream: bits from the least significant on, whole bytes in a growing buffer. */
export class BitWriter {
  /** Use only up to `length`, and not across a call that writes: the buffer moves when it grows. */
  buffer = new Uint8Array(INITIAL_CAPACITY)
  /** Whole bytes written. */
  length = 0
  /** Bits that do not fill a byte pair yet, and how many they are: fewer than 16. */
  pending = 0
  pendingBits = 0

  /** Makes room for so many more bytes besides the pending bits. */
  reserve(bytes: number): void {
    const needed = this.length + bytes + 4
    if (needed <= this.buffer.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.buffer.length))
    grown.set(this.buffer.subarray(0, this.length))
    this.buffer = grown
  }

  /** Writes the low `count` ≤ 16 bits of `value`; higher bits must be 0. */
  writeBits(value: number, count: number): void {
    this.pending |= value << this.pendingBits
    this.pendingBits += count
    if (this.pendingBits < 16) return
    this.reserve(2)
    this.buffer[this.length++] = this.pending
    this.buffer[this.length++] = this.pending >>> 8
    this.pending >>>= 16
    this.pendingBits -= 16
  }

  /** Writes bits of other bytes, from one place to another. */
  copyBits(bytes: Uint8Array, from: number, to: number): void {
    this.reserve(Math.ceil((to - from) / 8))
    const shift = from % 8
    let place = Math.floor(from / 8)
    let left = to - from
    for (; left >= 16; left -= 16, place += 2) {
      const bits = (bytes[place]! | (bytes[place + 1]! << 8) | (bytes[place + 2]! << 16)) >>> shift
      this.writeBits(bits & 0xffff, 16)
    }
    const bits = ((bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8) | ((bytes[place + 2] ?? 0) << 16)) >>> shift
    this.writeBits(bits & ((1 << left) - 1), left)
  }

  /** Fills the last byte with zero bits. */
  align(): void {
    this.reserve(2)
    for (; this.pendingBits > 0; this.pendingBits -= 8) {
      this.buffer[this.length++] = this.pending
      this.pending >>>= 8
    }
    this.pending = 0
    this.pendingBits = 0
  }

  /** Copies whole bytes; the stream must be aligned. */
  writeBytes(bytes: Uint8Array): void {
    this.align()
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  /** The bytes so far, as a copy, and an empty writer. The stream must be aligned. */
  take(): Uint8Array {
    const bytes = this.buffer.slice(0, this.length)
    this.length = 0
    return bytes
  }
}
