import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { CommandResult, SuiteContext } from './suite.ts'

export interface OwnedContext {
  readonly context: SuiteContext
  /** Removes the directories the suite asked for. */
  dispose(): Promise<void>
}

/** A context whose commands are the built ones below `root`, with an environment of nothing but PATH, HOME and TZ. */
export function openContext(root: string, data: string, filter?: string): OwnedContext {
  const directories: string[] = []
  const temp = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'conformance-'))
    directories.push(directory)
    return directory
  }
  const command = async (
    name: string,
    args: readonly string[],
    options: { cwd: string; env?: Readonly<Record<string, string>> },
  ): Promise<CommandResult> => {
    const home = options.env?.HOME ?? (await temp())
    const result = await execa(process.execPath, ['--', resolve(root, `packages/${name}/bin/${name}.js`), ...args], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC', HOME: home, ...options.env },
      extendEnv: false,
      reject: false,
      maxBuffer: 256 * 1024 * 1024,
      stripFinalNewline: false,
    })
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
  }
  return {
    context: { data, command, temp, ...(filter === undefined ? {} : { filter }) },
    dispose: async () => {
      for (const directory of directories) await rm(directory, { recursive: true, force: true })
    },
  }
}
