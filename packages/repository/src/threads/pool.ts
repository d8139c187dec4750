import { availableParallelism } from 'node:os'

/** What a pool needs to know of a thread. */
export interface PooledThread {
  /** Questions under way. */
  readonly load: number
  close(): Promise<void>
}

const MAX_THREADS = 4

/** Threads of one kind, started when there is work for them, for half of the processors. */
export class ThreadPool<Thread extends PooledThread> {
  readonly #threads: Thread[] = []
  readonly #most = Math.min(MAX_THREADS, Math.ceil(availableParallelism() / 2))
  readonly #start: () => Thread

  constructor(start: () => Thread) {
    this.#start = start
  }

  idlest(): Thread {
    const [idlest] = [...this.#threads].sort((a, b) => a.load - b.load)
    if (idlest !== undefined && (idlest.load === 0 || this.#threads.length === this.#most)) return idlest
    const thread = this.#start()
    this.#threads.push(thread)
    return thread
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
