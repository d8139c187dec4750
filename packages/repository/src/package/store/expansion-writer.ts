import { mkdirSync, writeFileSync } from 'node:fs'
import type { ControlPart } from '@apkts/apk'
import { FileWriter } from './file-writer.ts'
import { type StreamNames, streamNames } from './names.ts'

/** Writes a package chunk by chunk while it is read; its owner closes it. */
export class ExpansionWriter {
  readonly #directory: string
  readonly #work: string
  #compressed: FileWriter | undefined
  #inflated: FileWriter | undefined

  /** A package's directory, and the new one in it. Both are made with the first file. */
  constructor(directory: string, work: string) {
    this.#directory = directory
    this.#work = work
  }

  /** Writes what comes before the data section, unless that is done. */
  begin({ control, signature }: ControlPart): void {
    if (this.#compressed !== undefined) return
    mkdirSync(this.#directory, { recursive: true })
    mkdirSync(this.#work, { mode: 0o700 })
    const names: StreamNames = streamNames(this.#work, signature !== undefined)
    if (signature !== undefined) writeFileSync(names.signature, signature, { flag: 'wx' })
    writeFileSync(names.control, control, { flag: 'wx' })
    this.#compressed = FileWriter.create(names.compressedData)
    this.#inflated = FileWriter.create(names.data)
  }

  /** Takes a chunk of the data section as it is. */
  compressedData(chunk: Uint8Array): Promise<void> {
    return this.#compressed!.write(chunk)
  }

  /** Takes a chunk of the inflated data section. */
  data(chunk: Uint8Array): Promise<void> {
    return this.#inflated!.write(chunk)
  }

  async close(): Promise<void> {
    await this.#compressed?.close()
    await this.#inflated?.close()
  }
}
