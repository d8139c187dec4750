import { availableParallelism } from 'node:os'
import { AnsweringThread, ThreadPool } from '@apkts/threads'
import type { DigestsCall, FileCall } from './calls.ts'

/** Calls to be done one after the other, and then digests to be made. */
interface Batch {
  readonly calls: readonly FileCall[]
  readonly digests: readonly DigestsCall[]
}

/** Answers with the digests, or what a system error consists of. */
const THREAD = `
const fs = require('node:fs')
const { createHash } = require('node:crypto')
const { parentPort } = require('node:worker_threads')
function digestsOf({ algorithm, bytes, stretches }) {
  const digests = []
  for (let i = 0; i < stretches.length; i += 2) {
    digests.push(createHash(algorithm).update(bytes.subarray(stretches[i], stretches[i + 1])).digest())
  }
  return digests
}
function answer({ calls, digests }) {
  try {
    for (const [call, ...args] of calls) fs[call + 'Sync'](...args)
    return { digests: digests.map(digestsOf) }
  } catch (error) {
    if (error.syscall === undefined) throw error
    const { message, code, errno, syscall, path, dest } = error
    return { failed: { message, code, errno, syscall, path, dest } }
  }
}
parentPort.on('message', (batch) => parentPort.postMessage(answer(batch)))`

interface Answer {
  readonly failed?: Record<string, unknown> & { readonly message: string }
  readonly digests?: readonly (readonly Uint8Array[])[]
}

/** A thread that writes files and makes digests, which takes longer than all else that is done with a small package. */
export class DiskThread {
  readonly #thread = new AnsweringThread<Batch, Answer>('writes packages', THREAD)

  /** Batches under way. */
  get load(): number {
    return this.#thread.load
  }

  /** Does the calls, then makes the digests. Large arrays in them are gone then. @throws a system error */
  async run(calls: readonly FileCall[], digests: readonly DigestsCall[] = []): Promise<(readonly Uint8Array[])[]> {
    const arrays = [...digests.map(({ bytes }) => bytes), ...calls.map(contentOf)]
    const { failed, digests: made = [] } = await this.#thread.ask({ calls, digests }, largeBuffers(arrays))
    if (failed !== undefined) throw Object.assign(new Error(failed.message), failed)
    return [...made]
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

function contentOf(call: FileCall): unknown {
  return call[0] === 'writeFile' ? call[2] : undefined
}

/** Smaller ones are copied: they may lie in a buffer together with others. */
const LARGE = 1 << 16

function largeBuffers(arrays: readonly unknown[]): ArrayBuffer[] {
  const buffers = arrays.flatMap((array) => (array instanceof Uint8Array ? [array.buffer as ArrayBuffer] : []))
  return [...new Set(buffers)].filter(({ byteLength }) => byteLength >= LARGE)
}

/** Starting a thread takes as long as a thread saves with packages of so many bytes. */
const WORTHWHILE = 12 << 20
/** So much of what was asked for was not in the cache: then the rest is not there either. */
const SAMPLE = 1 << 20

/** The threads that store packages of a client, if it stores enough of them. Its owner closes it. */
export class DiskThreads {
  readonly #pool = new ThreadPool(() => new DiskThread())
  readonly #from: number
  #toCome = 0
  #stored = 0
  #started = false

  /** Threads begin where packages of so many bytes are to come. */
  constructor(from = availableParallelism() > 1 ? WORTHWHILE : Number.POSITIVE_INFINITY) {
    this.#from = from
  }

  /** Tells that a package of so many bytes is asked for, until `fetched` has settled. */
  expect(size: number, fetched: Promise<unknown>): void {
    this.#toCome += size
    const come = (): void => {
      this.#toCome -= size
    }
    fetched.then(come, come)
  }

  /** The thread to store a package of so many bytes; undefined where that is better done here. */
  take(size: number): DiskThread | undefined {
    this.#stored += size
    this.#started ||= this.#toCome >= this.#from && this.#stored >= Math.min(SAMPLE, this.#from)
    return this.#started ? this.#pool.idlest() : undefined
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
