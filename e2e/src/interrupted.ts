import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './commands.ts'

export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGKILL'
  /** Milliseconds after the start; a program that is done by then is not interrupted. */
  readonly after: number
}

/** Runs apko-ts until a signal ends it, or it ends by itself. Returns its exit status. */
export async function interrupted(
  args: readonly string[],
  { signal, after }: Interruption,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<number> {
  const env = { PATH: process.env.PATH ?? '', HOME: options.cwd, NO_COLOR: '1', ...options.env }
  const program = join(ROOT, 'packages/apko-ts/bin/apko-ts.js')
  const child = spawn(process.execPath, [program, ...args], { cwd: options.cwd, env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await Promise.race([sleep(after), ended])
  if (child.exitCode === null) child.kill(signal)
  const [code, received] = await ended
  return code ?? STATUS[received as Interruption['signal']]
}

/** What a shell makes of a process that a signal ended before it could answer it. */
const STATUS = { SIGINT: 130, SIGKILL: 137 }

/** That many moments, spread over a duration and a little beyond. */
export function momentsOver(duration: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((duration * 1.1 * (i + 0.5)) / count))
}
