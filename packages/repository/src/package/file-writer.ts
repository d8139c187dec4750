import { type FileHandle, open } from 'node:fs/promises'

/** Writes a new file sequentially; one write is under way while the caller prepares the next chunk. */
export class FileWriter {
  readonly #file: FileHandle
  #pending: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Creates the file; it must not exist. */
  static async create(path: string): Promise<FileWriter> {
    return new FileWriter(await open(path, 'wx', 0o644))
  }

  /** Takes a chunk, which must not change any more. Resolves when the chunk before it is written. */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#pending
    this.#pending = writeAll(this.#file, chunk)
    this.#pending.catch(() => {}) // reported by the next call
  }

  /** Waits for the last write and closes the file, in any case. */
  async close(): Promise<void> {
    try {
      await this.#pending
    } finally {
      await this.#file.close()
    }
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done)
    done += bytesWritten
  }
}
