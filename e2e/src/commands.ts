import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { execa } from 'execa'

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Outcome {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; empty when absent. */
  readonly input?: string
}

/** Program and arguments of one of our built commands. */
export function commandLine(name: 'apko-ts' | 'melange-ts', args: readonly string[]): [string, ...string[]] {
  return [process.execPath, '--', join(ROOT, `packages/${name}/bin/${name}.js`), ...args]
}

/**
 * Runs one of our built commands as a user would: an environment of PATH, HOME and what the test adds. The home of a test is
 * new, so that keeping compiled code in it would only take time.
 */
export async function ours(
  name: 'apko-ts' | 'melange-ts',
  args: readonly string[],
  { cwd, env, input = '' }: RunOptions,
): Promise<Outcome> {
  const [program, ...rest] = commandLine(name, args)
  const result = await execa(program, rest, {
    cwd,
    input,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TZ: 'UTC', NO_COLOR: '1', NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
  })
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}

/** The same, failing the test with the command's own words when it does not succeed. */
export async function oursFine(
  name: 'apko-ts' | 'melange-ts',
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const outcome = await ours(name, args, options)
  if (outcome.exitCode !== 0)
    throw new Error(`${name} ${args.join(' ')} ended with ${outcome.exitCode}\n${outcome.stderr}`)
  return outcome
}

const temporary = new Set<string>()

/** A directory that lives until the tests of the file are over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'apkts-e2e-'))
  temporary.add(directory)
  return directory
}

/** Removes them; called when the tests of a file are over. What another user made in one may have to stay. */
export async function removeTemporaryDirectories(): Promise<void> {
  for (const directory of temporary) {
    try {
      // Programs that tests have killed may still be tidying up.
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    } catch (error) {
      if (!isSystemError(error, 'EACCES') && !isSystemError(error, 'EPERM')) throw error
    }
  }
  temporary.clear()
}
