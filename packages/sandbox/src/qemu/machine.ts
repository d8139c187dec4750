import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { SandboxError } from '../error.ts'
import { createLineSplitter } from '../lines.ts'
import { createMarkedStream } from './marked-stream.ts'

/** Time for a machine to come up; emulated on a busy host it takes a while. */
const START_MS = 180_000
/** Time for it to write its files and go. */
const STOP_MS = 60_000
/** Lines of the console that are told when it ends by itself. */
const CONSOLE_LINES = 12
/** Bytes of a mark: nobody guesses it. */
const MARK_SIZE = 16

// The program dies with this process, however it ends, also when that happens while it is being started.
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--', '/bin/sh', '-c']
const CHECK_PARENT = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"'

export interface MachineStart {
  /** Prefix of the command line. */
  readonly enter: readonly string[]
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Descriptors 8 and 9 of the program. */
  readonly files: readonly [initramfs: number, disk: number]
}

/** A running machine whose agent takes commands, one at a time. */
export class Machine {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #console: string[] = []
  readonly #answers: AsyncIterator<string>
  readonly #ready: Promise<void>

  constructor({ enter, program, args, env, files }: MachineStart) {
    const [command = '', ...rest] = [
      ...enter,
      ...DIE_WITH_PARENT,
      CHECK_PARENT,
      'sh',
      `${process.pid}`,
      program,
      ...args,
    ]
    const ports = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const
    // A session of its own: what is typed to interrupt a build is not for the machine, which is stopped in order.
    this.#child = spawn(command, rest, { env, stdio: ['ignore', 'ignore', 'pipe', ...ports, ...files], detached: true })
    this.#ended = once(this.#child, 'close').then(
      () => {},
      () => {},
    )
    for (const stream of [this.#child.stderr!, this.#port(7)]) this.#remember(stream)
    for (const at of [3, 4, 5, 6]) this.#port(at).on('error', () => {})
    this.#answers = createInterface({ input: this.#port(3) })[Symbol.asyncIterator]()
    this.#ready = this.#start()
    this.#ready.catch(() => {})
  }

  /** Runs a script of the machine's shell to its end; its exit status. @throws SandboxError `GUEST_LOST` */
  async run(script: string, onBytes: (bytes: Uint8Array, stream: 'stdout' | 'stderr') => void): Promise<number> {
    await this.#ready
    const mark = randomBytes(MARK_SIZE).toString('hex')
    const streams = (['stdout', 'stderr'] as const).map((name, at) =>
      this.#until(mark, at + 4, (bytes) => onBytes(bytes, name)),
    )
    this.#send('run', mark, script)
    const status = await this.#status()
    await Promise.race([Promise.all(streams), this.#lost()])
    return status
  }

  /** Runs a script that has the machine's terminal, which is joined with the streams of ours. */
  async attach(script: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<number> {
    await this.#ready
    const terminal = this.#port(6)
    const type = (bytes: Uint8Array): void => void terminal.write(bytes)
    const show = (bytes: Uint8Array): void => void output.write(bytes)
    terminal.on('data', show)
    input.on('data', type)
    input.resume()
    try {
      this.#send('terminal', '-', script)
      return await this.#status()
    } finally {
      input.off('data', type)
      input.pause()
      terminal.off('data', show)
    }
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Ends it when its files are written. Does nothing for one that has ended. */
  async stop(): Promise<void> {
    if (this.#hasEnded()) return this.#ended
    const timer = setTimeout(() => this.kill(), STOP_MS)
    try {
      await this.#ready
      this.#port(3).write('stop\n')
      const answer = await this.#answer()
      if (answer !== 'stopped') throw this.#lostError('did not write all its files')
    } finally {
      await Promise.race([this.#ended, new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())])
      clearTimeout(timer)
      this.kill()
    }
    await this.#ended
  }

  async #start(): Promise<void> {
    const timer = setTimeout(() => this.kill(), START_MS)
    try {
      if ((await this.#answer()) !== 'ready') throw this.#lostError('did not start')
    } finally {
      clearTimeout(timer)
    }
  }

  async #status(): Promise<number> {
    const answer = await this.#answer()
    const [, status] = /^exit (\d+)$/.exec(answer ?? '') ?? []
    if (status === undefined) throw this.#lostError('ended while a command ran in it')
    return Number(status)
  }

  /** The next line of the agent; undefined when there is none any more. */
  async #answer(): Promise<string | undefined> {
    const { value, done } = await this.#answers.next()
    if (done !== true) return value
    await this.#ended
    return undefined
  }

  async #lost(): Promise<never> {
    await this.#ended
    throw this.#lostError('ended while a command ran in it')
  }

  #until(mark: string, descriptor: number, onBytes: (bytes: Uint8Array) => void): Promise<void> {
    const port = this.#port(descriptor)
    return new Promise((resolve) => {
      const stream = createMarkedStream(Buffer.from(mark), onBytes, () => {
        port.off('data', stream.push)
        resolve()
      })
      port.on('data', stream.push)
    })
  }

  #send(verb: string, mark: string, script: string): void {
    const bytes = Buffer.from(script)
    this.#port(3).write(`${verb} ${mark} ${bytes.length}\n`)
    this.#port(3).write(bytes)
  }

  #remember(stream: NodeJS.ReadableStream): void {
    const lines = createLineSplitter((line) => {
      this.#console.push(line)
      if (this.#console.length > CONSOLE_LINES) this.#console.shift()
    })
    stream.on('data', (chunk: Uint8Array) => lines.push(chunk))
    stream.on('end', () => lines.end())
    stream.on('error', () => {})
  }

  #lostError(what: string): SandboxError {
    const text = this.#console
      .map((line) => line.replaceAll(/\u001b(\[[0-9;?=]*[A-Za-z]|c)/g, '').trim())
      .filter(Boolean)
    return new SandboxError('GUEST_LOST', `the machine of qemu ${what}`, {
      notes: text.length === 0 ? [] : [`last lines of its console:\n${text.join('\n')}`],
    })
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #port(descriptor: number): Duplex {
    return this.#child.stdio[descriptor] as Duplex
  }
}
