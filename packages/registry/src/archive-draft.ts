import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { type Digest, digestOf } from '@apkts/encoding'
import { createBeside, type NewFile, startFlush } from './atomic.ts'
import { layerName, type MemberPlace, memberPlace } from './docker-members.ts'
import { type OpenContent, openContent } from './open-content.ts'
import type { Blob } from './sink.ts'

/**
 * The layers of an image, copied to where they will stand in a docker archive while the rest of the image is being made.
 * It can only save time: `writeDockerArchive` writes whatever the draft lacks or has somewhere else.
 */
export interface ArchiveDraft {
  /** Creates the file, and says how many bytes the image's config will have, which stands before the layers. */
  begin(configSize: number): void
  /**
   * Gets a layer, bottom first, as soon as its bytes are there, and copies it in other threads. Its files are open when
   * this returns: they may be renamed then. What fails makes the draft useless and is not told.
   */
  add(layer: Blob): void
  /** Waits for what is under way and hands over the file, which is the caller's then; undefined when there is none. */
  take(): Promise<DraftedArchive | undefined>
  /** Ends what is under way and removes the file, unless it was handed over. */
  discard(): Promise<void>
}

/** A file that has contents of a docker archive already. */
export interface DraftedArchive extends NewFile {
  /** Where the bytes of a layer begin, by its digest. */
  readonly starts: ReadonlyMap<Digest, number>
}

/** Drafts an archive of one image beside the place where it will be written. There is no file before `begin`. */
export function draftArchive(target: string): ArchiveDraft {
  return new Draft(target)
}

/** With fewer bytes there is little to do when the file gets its place. */
const FLUSH_FROM = 16 << 20

class Draft implements ArchiveDraft {
  readonly #target: string
  readonly #stop = new AbortController()
  readonly #starts = new Map<Digest, number>()
  #end = 0
  #flushed = 0
  #file: NewFile | undefined
  /** Never rejects. */
  #work: Promise<void> = Promise.resolve()

  constructor(target: string) {
    this.#target = target
  }

  begin(configSize: number): void {
    this.#end = memberPlace(digestOf(''), configSize, 0).end
    this.#next(async () => {
      this.#file = await createBeside(this.#target)
    })
  }

  add(layer: Blob): void {
    if (this.#starts.has(layer.digest) || this.#stop.signal.aborted) return
    const place = memberPlace(layerName(layer), layer.size, this.#end)
    this.#starts.set(layer.digest, place.content)
    this.#end = place.end
    try {
      const content = openContent(layer.content)
      this.#next(() => this.#copy(content, place))
      this.#work = this.#work.finally(() => content.close())
    } catch {
      this.#stop.abort()
    }
  }

  async take(): Promise<DraftedArchive | undefined> {
    await this.#work
    if (this.#stop.signal.aborted) await this.#remove()
    const file = this.#file
    this.#file = undefined
    return file && { ...file, starts: this.#starts }
  }

  async discard(): Promise<void> {
    this.#stop.abort()
    await this.#work
    await this.#remove()
  }

  /** Does a step behind those before it. After one that failed there are no others: the archive is written without a draft. */
  #next(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#stop.signal.aborted) return
      try {
        await step()
      } catch {
        this.#stop.abort()
        await this.#remove() // at once: the disk may be full
      }
    })
  }

  async #copy(content: OpenContent, place: MemberPlace): Promise<void> {
    await content.copyTo(this.#file!.file, place.content, this.#stop.signal)
    if (place.end - this.#flushed < FLUSH_FROM || !existsSync(this.#target)) return
    this.#file = await startFlush(this.#target, this.#file!)
    this.#flushed = place.end
  }

  async #remove(): Promise<void> {
    const own = this.#file
    this.#file = undefined
    if (own === undefined) return
    await own.file.close().catch(() => {}) // nobody wants its bytes
    await rm(own.temporary, { force: true }).catch(() => {}) // a later write takes it away
  }
}
