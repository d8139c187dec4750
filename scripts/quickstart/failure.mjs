/** Something that went wrong and what to do about it; shown without a stack trace. */
export class Failure extends Error {
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}
