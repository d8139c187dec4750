import { execa } from 'execa'
import type { Outcome, RunOptions } from './commands.ts'
import { commandLine } from './commands.ts'

/** What a confined command cannot do. */
export interface Confinement {
  /** No network but a loopback interface that is down. */
  readonly offline?: boolean
  /** Directories that are mounted read-only. */
  readonly readOnly?: readonly string[]
  /** A directory that has an empty file system of so many bytes. */
  readonly small?: { readonly directory: string; readonly bytes: number }
  /** Largest file that may be written, in kilobytes. */
  readonly fileSize?: number
}

/** Runs apko-ts in namespaces of its own, by bubblewrap. */
export async function confined(
  { offline = false, readOnly = [], small, fileSize }: Confinement,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Outcome> {
  const flags = [
    ...['--dev-bind', '/', '/'],
    ...(offline ? ['--unshare-net'] : []),
    ...readOnly.flatMap((directory) => ['--ro-bind', directory, directory]),
    ...(small === undefined ? [] : ['--size', `${small.bytes}`, '--tmpfs', small.directory]),
  ]
  const limit = fileSize === undefined ? '' : `ulimit -f ${fileSize}; `
  const shell = ['bash', '-c', `${limit}exec "$@"`, 'bash', ...commandLine('apko-ts', args)]
  const result = await execa('bwrap', [...flags, '--chdir', cwd, ...shell], {
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TZ: 'UTC', NO_COLOR: '1', ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  })
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}

/** True where a command can be confined. */
export async function canConfine(): Promise<boolean> {
  const { exitCode } = await execa('bwrap', ['--dev-bind', '/', '/', '--unshare-net', 'true'], { reject: false })
  return exitCode === 0
}
