/** A place in a file, for messages. Lines and columns count from 1; `length` is in characters. */
export interface Location {
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly length?: number
}

/** `file:line:column` with the parts that are known. */
export function formatLocation(at: Location): string {
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(':')
}
