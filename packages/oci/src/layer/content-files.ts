import { closeSync, openSync, readSync } from 'node:fs'
import { ArchiveError, type ContentRef } from '@apkts/archive'

const MAX_OPEN = 128

/**
 * Reads ranges of contents. The contents of a layer alternate between the files of its packages, so those stay open:
 * opening anew for each of tens of thousands of small files would cost more than compressing them.
 */
export class ContentFiles {
  /** Path → descriptor, least recently used first. */
  readonly #open = new Map<string, number>()

  /** Fills `target` with the content's bytes from `offset` on. @throws ArchiveError `CONTENT_TRUNCATED` */
  read(content: ContentRef, offset: number, target: Uint8Array): void {
    if (content.kind === 'bytes') {
      target.set(content.bytes.subarray(offset, offset + target.length))
      return
    }
    const descriptor = this.#descriptor(content.path)
    for (let done = 0; done < target.length; ) {
      const count = readSync(descriptor, target, done, target.length - done, content.offset + offset + done)
      if (count === 0) {
        throw new ArchiveError('CONTENT_TRUNCATED', `${content.path} ends early: it changed while it was being read`, {
          at: { file: content.path },
        })
      }
      done += count
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }

  #descriptor(path: string): number {
    const known = this.#open.get(path)
    if (known !== undefined) {
      this.#open.delete(path)
      this.#open.set(path, known)
      return known
    }
    if (this.#open.size >= MAX_OPEN) this.#closeOldest()
    const opened = openSync(path, 'r')
    this.#open.set(path, opened)
    return opened
  }

  #closeOldest(): void {
    const [path, descriptor] = this.#open.entries().next().value!
    this.#open.delete(path)
    closeSync(descriptor)
  }
}
