import { spawn } from 'node:child_process'
import { renderError } from '@apkts/diagnostics'
import { createLog, GLOBAL_OPTIONS, parseOptions, UsageError } from '@apkts/diagnostics/cli'
import { commands } from '../../../packages/apko-ts/src/cli/index.ts'
import type { Outcome } from './case.ts'

export type Run = (argv: readonly string[], where: Surroundings) => Promise<Outcome>

export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Runs the original. */
export function theirs(program: string): Run {
  return (argv, { cwd, env }) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, argv, { cwd, env: { PATH: process.env.PATH ?? '', TZ: 'UTC', ...env } })
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      child.stdout.on('data', (chunk) => stdout.push(chunk))
      child.stderr.on('data', (chunk) => stderr.push(chunk))
      child.on('error', reject)
      const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
      child.on('close', (code) => {
        clearTimeout(timer)
        const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8')
        resolve({ status: code ?? 128, stdout: text(stdout), stderr: text(stderr) })
      })
    })
}

/** Runs a command of ours in this process, as the frame of the command line would, without the start of a process. */
export const ours: Run = async (argv, { cwd, env }) => {
  const [name = '', ...rest] = argv
  const command = commands.find((candidate) => candidate.name === name)
  let stdout = ''
  let stderr = ''
  const log = createLog({
    level: 'info',
    format: 'text',
    color: false,
    now: Date.now,
    write: (line) => {
      stderr += `${line}\n`
    },
  })
  const home = process.cwd()
  process.chdir(cwd)
  try {
    if (command === undefined) throw new UsageError('UNKNOWN_COMMAND', `unknown command ${name}`)
    const { args, options } = parseOptions(rest, [...command.options, ...GLOBAL_OPTIONS])
    if (args.length < command.args.min || args.length > command.args.max) {
      throw new UsageError('ARGUMENT_COUNT', `${args.length} arguments`)
    }
    const { run } = await command.load()
    const print = (text: string) => {
      stdout += text
    }
    const signal = new AbortController().signal
    const status = await run({ args, options, log, signal, env, version: '0', debug: false, print })
    return { status: status ?? 0, stdout, stderr }
  } catch (error) {
    return {
      status: command?.failure ?? 1,
      stdout,
      stderr: stderr + renderError(error, { color: false, debug: false }),
    }
  } finally {
    process.chdir(home)
  }
}
