import type { Answer } from './requests.ts'

/** The `Authorization` of a repository, and what gets a new one from an answer that asks for it. */
export class Login {
  readonly #obtain: (answer: Answer) => Promise<string | undefined>
  #header: string | undefined
  #renewal: Promise<string | undefined> | undefined

  constructor(obtain: (answer: Answer) => Promise<string | undefined>) {
    this.#obtain = obtain
  }

  get header(): string | undefined {
    return this.#header
  }

  /** Logs in anew after `used` was refused. Of several requests that meet its end only the first does so. */
  async renew(used: string | undefined, refused: Answer): Promise<void> {
    if (this.#header !== used) return
    this.#renewal ??= this.#obtain(refused).finally(() => {
      this.#renewal = undefined
    })
    this.#header = await this.#renewal
  }
}
