/** A script that is not valid bash; lines and columns count from 1, columns in bytes. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'

  constructor(
    readonly line: number,
    readonly column: number,
    readonly reason: string,
  ) {
    super(`${line}:${column}: ${reason}`)
  }
}
