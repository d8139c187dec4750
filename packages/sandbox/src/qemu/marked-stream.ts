/** Hands on what comes before a mark in a stream that goes on after it. */
export interface MarkedStream {
  push(chunk: Uint8Array): void
}

/**
 * Looks for the bytes of a mark in a stream: hands on every byte before it as soon as it cannot be part of the mark, and tells
 * when the mark is complete. What follows it is not looked at.
 */
export function createMarkedStream(
  mark: Uint8Array,
  onBytes: (bytes: Uint8Array) => void,
  onMark: () => void,
): MarkedStream {
  const wanted = Buffer.from(mark)
  let held: Uint8Array = new Uint8Array()
  let done = false
  return {
    push(chunk) {
      if (done) return
      const bytes = Buffer.concat([held, chunk])
      const at = bytes.indexOf(wanted)
      done = at >= 0
      const end = done ? at : bytes.length - partialMark(bytes, wanted)
      held = bytes.subarray(end)
      if (end > 0) onBytes(bytes.subarray(0, end))
      if (done) onMark()
    },
  }
}

/** Length of the longest end of `bytes` that a mark begins with. */
function partialMark(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length
  }
  return 0
}
