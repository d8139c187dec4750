import { availableParallelism } from 'node:os'

/** What a pool needs to know of a thread. */
export interface PooledThread {
  /** Questions under way. */
  readonly load: number
  close(): Promise<void>
}

const MOST = 4

/** Threads of one kind, started when there is work for them: one for every two processors, at most four. Its owner closes it. */
export class ThreadPool<Thread extends PooledThread> {
  readonly #threads: Thread[] = []
  readonly #start: () => Thread
  readonly #most: number

  constructor(start: () => Thread, most: number = Math.min(MOST, Math.ceil(availableParallelism() / 2))) {
    this.#start = start
    this.#most = most
  }

  /** The thread with the fewest questions under way; a new one when all are busy and there may be more. */
  idlest(): Thread {
    const [idlest] = [...this.#threads].sort((a, b) => a.load - b.load)
    if (idlest !== undefined && (idlest.load === 0 || this.#threads.length >= this.#most)) return idlest
    const thread = this.#start()
    this.#threads.push(thread)
    return thread
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
