import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

/** Where the program finds the file. */
export const GIVEN_FILE = '/proc/self/fd/3'

export interface FileRun {
  /** Undefined for a program that was killed or did not start. */
  readonly exitCode: number | undefined
  readonly stderr: string
}

/** Runs a program that is given an open file as `GIVEN_FILE`; kills it after so many milliseconds. */
export async function runWithFile(
  program: string,
  args: readonly string[],
  file: FileHandle,
  timeout: number,
): Promise<FileRun> {
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'ignore', 'pipe', file.fd],
    timeout,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'close').catch(() => [])
  const stderr = await text(child.stderr!).catch(() => '')
  const [exitCode] = (await ended) as [number | null | undefined]
  return { exitCode: exitCode ?? undefined, stderr }
}
