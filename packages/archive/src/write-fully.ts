import { writeSync } from 'node:fs'

/**
 * Writes all of a chunk to an open file, behind what was written before or at a position, where it is called: to hand
 * chunks of up to a MiB to another thread takes longer.
 * @throws a system error
 */
export function writeFully(descriptor: number, chunk: Uint8Array, position?: number): void {
  for (let done = 0; done < chunk.length; ) {
    const at = position === undefined ? undefined : position + done
    done += writeSync(descriptor, chunk, done, chunk.length - done, at)
  }
}
