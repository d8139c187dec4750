import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Digest } from '@apkts/encoding'

/** SHA-256 of a stream. */
export interface StreamHash {
  /** Bytes so far. */
  readonly size: number
  /** A buffer that `update` takes without copying. */
  allocate(size: number): Buffer
  /** When it returns a promise, the bytes must not change before that is settled. */
  update(bytes: Uint8Array): Promise<void> | undefined
  /** Ends the stream. */
  digest(): Promise<Digest>
  /** Gives up what is not needed any more; in any case, also after `digest`. */
  close(): Promise<void>
}

/** A hash computed where it is called. */
export function streamHash(): StreamHash {
  const hash = createHash('sha256')
  let size = 0
  return {
    get size() {
      return size
    },
    allocate: (length) => Buffer.allocUnsafeSlow(length),
    update(bytes) {
      size += bytes.length
      hash.update(bytes)
      return undefined
    },
    digest: async () => `sha256:${hash.digest('hex')}`,
    close: async () => {},
  }
}

const THREAD = `
const { parentPort } = require('node:worker_threads')
const hash = require('node:crypto').createHash('sha256')
parentPort.on('message', (bytes) => {
  if (bytes !== null) hash.update(bytes)
  parentPort.postMessage(bytes === null ? hash.digest('hex') : null)
})`

interface Waiting {
  resolve(answer: string): void
  reject(error: unknown): void
}

/**
 * A hash computed in a thread of its own, of buffers that both share. For streams of many megabytes: hashing them would
 * take a quarter of the time that the rest of writing a layer takes, and a thread takes 40 ms to start.
 */
export function threadedHash(): StreamHash {
  const worker = new Worker(THREAD, { eval: true })
  const waiting: Waiting[] = []
  let size = 0
  worker.on('message', (answer: string | null) => waiting.shift()?.resolve(answer ?? ''))
  worker.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  const ask = (bytes: Uint8Array | null): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      worker.postMessage(bytes)
    })
  return {
    get size() {
      return size
    },
    allocate: (length) => Buffer.from(new SharedArrayBuffer(length)),
    async update(bytes) {
      size += bytes.length
      await ask(bytes)
    },
    digest: async () => `sha256:${await ask(null)}`,
    async close() {
      await worker.terminate()
    },
  }
}
