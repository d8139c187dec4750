import { isSystemError } from '@apkts/diagnostics'
import { execa } from 'execa'
import { createLineSplitter } from './lines.ts'
import { type OutputPipes, openOutputPipes } from './output-pipes.ts'
import type { Command, Exit } from './types.ts'

export interface Wiring extends Pick<Command, 'onLine' | 'signal'> {
  /** Environment of the program itself. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Leaves the terminal to the program. */
  readonly attached?: boolean
  /** Read by the program from file descriptors 3, 4, … */
  readonly files?: readonly Uint8Array[]
  /** Read by the program from its standard input. */
  readonly input?: Uint8Array
}

/** Runs a program of the host to its end; undefined when it is not there. */
export async function start(command: readonly string[], wiring: Wiring): Promise<Exit | undefined> {
  const { signal, onLine } = wiring
  const aborted = (): boolean => signal?.aborted === true
  if (aborted()) return { exitCode: undefined, signal: 'SIGKILL', aborted: true }
  const [program = '', ...args] = command
  const pipes = wiring.attached === true ? undefined : openOutputPipes()
  const [stdout, stderr] = outputsOf(pipes, wiring)
  const input = wiring.attached === true ? 'inherit' : (wiring.input ?? 'ignore')
  const child = execa(program, args, {
    env: wiring.env,
    extendEnv: false,
    reject: false,
    buffer: false,
    encoding: 'buffer',
    stdio: [input, stdout, stderr, ...(wiring.files ?? [])],
    killSignal: 'SIGKILL',
    detached: wiring.attached !== true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  })
  const kill = (): void => killGroup(child.pid)
  if (wiring.attached !== true) signal?.addEventListener('abort', kill)
  pipes?.closeWriters()
  const streams = (pipes?.readers ?? [child.stdout, child.stderr]).map((stream, at) =>
    readLines(stream, (line) => onLine?.(line, at === 0 ? 'stdout' : 'stderr')),
  )
  const result = await child
  await Promise.all(streams)
  pipes?.release()
  signal?.removeEventListener('abort', kill)
  if (result.code === 'ENOENT') return undefined
  return { exitCode: result.exitCode, signal: result.signal, aborted: aborted() }
}

/**
 * Kills a program that leads a group, and what it has started: bubblewrap that dies before its child has joined it leaves a
 * process behind that waits for ever, and holds the pipes.
 */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error
  }
}

type Output = 'inherit' | 'pipe'

function outputsOf(pipes: OutputPipes | undefined, { attached }: Wiring): readonly [Output, Output] {
  // execa takes any descriptor; its types know the first three only.
  if (pipes !== undefined) return pipes.writers as unknown as readonly [Output, Output]
  return attached === true ? ['inherit', 'inherit'] : ['pipe', 'pipe']
}

async function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return
  const splitter = createLineSplitter(onLine)
  return new Promise((resolve) => {
    stream.on('data', (chunk: Uint8Array) => splitter.push(chunk))
    // A killed process leaves its pipe in an error state; what it had printed has been handed on by then.
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve(splitter.end()))
  })
}
