import { ArchiveError } from './error.ts'
import { BLOCK, paddingLength } from './tar-format.ts'
import { TarState } from './tar-state.ts'
import type { TarHeader, TarLimits } from './types.ts'

/** Receives a tar piece by piece. */
export interface TarVisitor {
  /** A member starts; `offset` is that of its content, from the start of the tar. */
  member(header: TarHeader, offset: number): void
  /** A piece of the current member's content; the view is valid during the call only. */
  content(chunk: Uint8Array): void
}

/**
 * Reads a tar that is pushed in chunks of any size, synchronously: for hot paths where a promise per member would cost
 * more than the parsing. What follows the end-of-archive marker is counted but not looked at.
 */
export class TarScanner {
  readonly #visitor: TarVisitor
  readonly #state: TarState
  /** Bytes of an incomplete header block or extension body. */
  #held: Uint8Array = new Uint8Array(0)
  #position = 0
  #contentLeft = 0
  #paddingLeft = 0
  #extension: { readonly typeflag: string; readonly size: number } | undefined
  #end: 'none' | 'one-zero-block' | 'reached' = 'none'

  constructor(visitor: TarVisitor, limits: TarLimits = {}) {
    this.#visitor = visitor
    this.#state = new TarState(limits)
  }

  /** Takes the next bytes. @throws ArchiveError for everything that is not a tar. */
  write(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.length > 0) {
      const taken = this.#step(rest)
      this.#position += taken
      rest = rest.subarray(taken)
    }
  }

  /** Tells that the tar is complete. @throws ArchiveError `TAR_TRUNCATED` in the middle of an entry. */
  finish(): void {
    if (this.#contentLeft > 0 || this.#extension !== undefined || this.#held.length > 0) {
      throw new ArchiveError('TAR_TRUNCATED', 'tar ends in the middle of an entry')
    }
  }

  #step(bytes: Uint8Array): number {
    if (this.#end === 'reached') return bytes.length
    if (this.#contentLeft > 0) return this.#takeContent(bytes)
    if (this.#paddingLeft > 0) return this.#skipPadding(bytes)
    const wanted = this.#extension?.size ?? BLOCK
    const taken = Math.min(bytes.length, wanted - this.#held.length)
    const whole = taken === wanted ? bytes.subarray(0, taken) : join(this.#held, bytes.subarray(0, taken))
    if (whole.length < wanted) this.#held = whole
    else {
      this.#held = new Uint8Array(0)
      if (this.#extension === undefined) this.#takeHeader(whole, this.#position + taken)
      else this.#takeExtension(whole, this.#extension)
    }
    return taken
  }

  #takeContent(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#contentLeft)
    this.#visitor.content(bytes.subarray(0, taken))
    this.#contentLeft -= taken
    return taken
  }

  #skipPadding(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#paddingLeft)
    this.#paddingLeft -= taken
    return taken
  }

  #takeHeader(block: Uint8Array, offset: number): void {
    const step = this.#state.header(block)
    if (step.kind === 'zero') {
      this.#end = this.#end === 'none' ? 'one-zero-block' : 'reached'
      return
    }
    if (this.#end !== 'none') throw new ArchiveError('TAR_INVALID', 'tar is malformed: data after a zero block')
    if (step.kind === 'extension') {
      if (step.size > 0) this.#extension = step
      else this.#state.extend(step.typeflag, new Uint8Array(0))
      return
    }
    this.#contentLeft = step.header.size
    this.#paddingLeft = paddingLength(step.header.size)
    this.#visitor.member(step.header, offset)
  }

  #takeExtension(body: Uint8Array, { typeflag, size }: { typeflag: string; size: number }): void {
    this.#state.extend(typeflag, body)
    this.#extension = undefined
    this.#paddingLeft = paddingLength(size)
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
