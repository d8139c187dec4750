import { Worker } from 'node:worker_threads'

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** A thread that answers every question, in their order. */
export class AnsweringThread<Question, Answer> {
  readonly #worker: Worker
  readonly #waiting: Waiting<Answer>[] = []
  #failure: unknown

  /**
   * Runs `code`, the text of a CommonJS module that posts one message for each that it gets as a question. `name` says in
   * messages what the thread does.
   */
  constructor(name: string, code: string, workerData?: unknown) {
    this.#worker = new Worker(code, { eval: true, workerData })
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error(`the thread that ${name} has ended`)))
  }

  /** Questions under way. */
  get load(): number {
    return this.#waiting.length
  }

  /** Buffers to transfer are gone for the caller. Rejects with what the thread threw, or when it has ended. */
  ask(question: Question, transfer: ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(question, transfer)
    })
  }

  /** Sends what the thread does not answer. */
  tell(message: Question): void {
    this.#worker.postMessage(message)
  }

  /** Ends the thread. What it was asked and has not answered is rejected. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
