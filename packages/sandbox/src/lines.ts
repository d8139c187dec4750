import { StringDecoder } from 'node:string_decoder'

/** A line longer than this is handed on in pieces, so that a program without newlines cannot fill the memory. */
export const MAX_LINE = 64 * 1024

/** Takes bytes and hands on lines. */
export interface LineSplitter {
  push(chunk: Uint8Array): void
  /** Hands on a last line without newline. */
  end(): void
}

/** Cuts a byte stream into lines; a carriage return before the newline belongs to the line's end. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const emit = (line: string): void => onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  const add = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) emit(line)
    while (rest.length > MAX_LINE) {
      emit(rest.slice(0, MAX_LINE))
      rest = rest.slice(MAX_LINE)
    }
  }
  return {
    push: (chunk) => add(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      add(decoder.end())
      if (rest !== '') emit(rest)
      rest = ''
    },
  }
}
