import type { ApkError } from '../error.ts'
import type { RecordedFile } from './data-scanner.ts'
import type { ApkLimits } from './limits.ts'
import type { ControlPart } from './section.ts'

/** How a package is read as a stream. */
export interface ExpandOptions {
  /** Name for messages. */
  readonly file: string
  readonly limits?: ApkLimits
  /** Gets what comes before the data section; throws to leave that unread. */
  readonly onControl?: (part: ControlPart) => void | Promise<void>
  /** Gets the data section as it stands in the file, chunk by chunk. Waited for, so it can hold the stream back. */
  readonly onCompressedData?: (chunk: Uint8Array) => void | Promise<void>
  /** Gets the inflated data section chunk by chunk: one tar. Waited for, so it can hold the stream back. */
  readonly onData?: (chunk: Uint8Array) => void | Promise<void>
  /**
   * Gets a data section in one piece instead, compressed and inflated, and says what its digests are. Sections that are too
   * large for that, or damaged, do not come to it.
   */
  readonly digest?: ((data: WholeData) => Promise<DataDigests>) | undefined
  /** Gets every file that does not have its recorded SHA-1, and lets the reading go on; by default the first one ends it. */
  readonly onDamage?: (damage: ApkError) => void
}

/** A data section at hand. Both arrays may be handed to another thread for good. */
export interface WholeData {
  readonly compressed: Uint8Array
  readonly inflated: Uint8Array
  /** Files whose digests are wanted. */
  readonly files: readonly RecordedFile[]
}

/** What the digests of a data section at hand are. */
export interface DataDigests {
  /** SHA-256 of the compressed data section. */
  readonly section: Uint8Array
  /** SHA-1 of each file. */
  readonly files: readonly Uint8Array[]
}
