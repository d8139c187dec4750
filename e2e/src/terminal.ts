import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './commands.ts'

// Runs a command on a terminal of its own, and copies what is written to it and what it shows.
const HOST = `import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if terminal in ready:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        data = os.read(0, 65536)
        if data:
            os.write(terminal, data)
        else:
            break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
`

export interface Terminal {
  /** Everything shown so far, without control sequences. */
  shown(): string
  /** Waits until new text matches, and returns what was shown since the last call. */
  until(pattern: RegExp): Promise<string>
  type(line: string): void
  /** Exit status of the command. */
  ended(): Promise<number | null>
}

/** Runs one of our commands on a pseudo-terminal. */
export function onTerminal(
  name: 'apko-ts' | 'melange-ts',
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Terminal {
  const bin = join(ROOT, `packages/${name}/bin/${name}.js`)
  const child = spawn('python3', ['-c', HOST, process.execPath, bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TERM: 'dumb', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  let seen = 0
  let closed = false
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = once(child, 'close').then(([status]) => {
    closed = true
    return status as number | null
  })
  const plain = (): string => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '')
  return {
    shown: plain,
    type: (line) => void child.stdin.write(`${line}\n`),
    ended: () => ended,
    async until(pattern) {
      for (;;) {
        const fresh = plain().slice(seen)
        if (pattern.test(fresh)) {
          seen = plain().length
          return fresh
        }
        if (closed) throw new Error(`ended before it showed ${pattern}:\n${plain()}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
