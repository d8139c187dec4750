import { closeSync, openSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { writeFully } from '@apkts/archive'

/** Below this, handing the writing to another thread takes longer than doing it. */
const SYNC_BELOW = 1 << 16
const writeInPool = promisify(write)

/** Writes a new file sequentially; one write is under way while the caller prepares the next chunk. */
export class FileWriter {
  readonly #descriptor: number
  #pending: Promise<void> | undefined

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Creates the file; it must not exist. */
  static create(path: string): FileWriter {
    return new FileWriter(openSync(path, 'wx', 0o644))
  }

  /** Takes a chunk, which must not change any more. Resolves when the chunk before it is written. */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#pending
    if (chunk.length < SYNC_BELOW) {
      writeFully(this.#descriptor, chunk)
      return
    }
    this.#pending = writeAll(this.#descriptor, chunk)
    this.#pending.catch(() => {}) // reported by the next call
  }

  /** Waits for the last write and closes the file, in any case. */
  async close(): Promise<void> {
    try {
      await this.#pending
    } finally {
      closeSync(this.#descriptor)
    }
  }
}

async function writeAll(descriptor: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await writeInPool(descriptor, chunk, done, chunk.length - done)
    done += bytesWritten
  }
}
