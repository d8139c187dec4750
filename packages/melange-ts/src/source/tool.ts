import { messageOf } from '@apkts/diagnostics'
import { execa } from 'execa'
import { SourceError } from './error.ts'

export interface ToolOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  readonly input?: string | undefined
  /** Variables over those that every tool gets. */
  readonly env?: Readonly<Record<string, string>>
}

export interface ToolResult {
  readonly ok: boolean
  readonly stdout: string
  /** The last lines it printed. */
  readonly lines: readonly string[]
}

const SHOWN_LINES = 12

// Words of a recipe reach git as arguments only; transports that run a command are switched off.
const GIT_ENVIRONMENT = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  GIT_EDITOR: 'true',
  LC_ALL: 'C',
}

/** Runs git without a shell. Words that come from a recipe must stand behind `--` or within an option. */
export async function git(args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const identity = (await hasIdentity(options))
    ? []
    : ['-c', 'user.name=melange-ts', '-c', 'user.email=melange-ts@localhost']
  return await runTool('git', ['-c', 'advice.detachedHead=false', ...identity, ...args], options)
}

/** The same, and throws `SourceError` GIT_FAILED with what git said. */
export async function gitOrThrow(args: readonly string[], options: ToolOptions, what: string): Promise<string> {
  const { ok, stdout, lines } = await git(args, options)
  if (ok) return stdout
  throw new SourceError('GIT_FAILED', `${what} failed`, { notes: lines })
}

/** Runs a program without a shell. @throws SourceError TOOL_FAILED when it is not there. */
export async function runTool(name: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { cwd, signal, input = '', env = {} } = options
  const result = await execa(name, args, {
    cwd,
    input,
    env: { ...GIT_ENVIRONMENT, ...env },
    reject: false,
    all: true,
    cancelSignal: signal,
    maxBuffer: 64 * 1024 * 1024,
  })
  signal.throwIfAborted()
  if (result.exitCode === undefined) {
    const reason = result.code === 'ENOENT' ? 'it is not installed' : messageOf(result.cause ?? result)
    throw new SourceError('TOOL_FAILED', `cannot run ${name}: ${reason}`, { hint: `install ${name}, then try again` })
  }
  const lines = (result.all ?? '').split('\n').filter((line) => line.trim() !== '')
  return { ok: result.exitCode === 0, stdout: result.stdout, lines: lines.slice(-SHOWN_LINES) }
}

const identities = new Map<string, boolean>()

async function hasIdentity(options: ToolOptions): Promise<boolean> {
  const known = identities.get(options.cwd)
  if (known !== undefined) return known
  const { ok } = await runTool('git', ['config', 'user.email'], options)
  identities.set(options.cwd, ok)
  return ok
}
