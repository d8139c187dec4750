import { DiagnosticError } from '@apkts/diagnostics'
import { type CommandContext, type ProgramSpec, runProgram } from '@apkts/diagnostics/cli'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const out: string[] = []
const err: string[] = []

beforeEach(() => {
  out.length = 0
  err.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0)
})
afterEach(() => vi.restoreAllMocks())

function program(run: (context: CommandContext) => Promise<number | undefined>): ProgramSpec {
  const command = (name: string, max = 1) => ({
    name,
    usage: 'FILE',
    summary: `does ${name}`,
    examples: [`tool ${name} a.yaml`, `tool ${name} b.yaml`],
    args: { min: 1, max },
    options: [{ name: 'arch', type: 'list' as const, description: 'architectures' }],
    load: async () => ({ run }),
  })
  return {
    name: 'tool',
    version: '1.2.3',
    summary: 'a tool',
    examples: ['tool build a.yaml'],
    environment: [{ names: 'TOOL_HOME', description: 'where it lives' }],
    commands: [command('build'), command('import deb'), { ...command('secret'), hidden: true }],
  }
}

const fine = program(async () => undefined)

describe('exit status and streams', () => {
  test.each<[string, string[], number, string, string]>([
    ['no arguments show help', [], 0, 'Commands:\n  build', ''],
    ['--help shows help', ['--help'], 0, 'Usage: tool COMMAND', ''],
    ['help of a command', ['build', '-h'], 0, 'Usage: tool build FILE', ''],
    ['help COMMAND', ['help', 'import', 'deb'], 0, 'Usage: tool import deb FILE', ''],
    ['a group shows its commands', ['import'], 0, 'import deb', ''],
    [
      'a group with a member that is not there',
      ['import', 'rpm'],
      1,
      '',
      'error[UNKNOWN_COMMAND]: unknown command "import rpm" for tool\n  hint: did you mean "import deb"?',
    ],
    ['--version prints the version', ['--version'], 0, '1.2.3\n', ''],
    [
      'unknown command',
      ['biuld'],
      1,
      '',
      'error[UNKNOWN_COMMAND]: unknown command "biuld" for tool\n  hint: did you mean "build"?',
    ],
    ['unknown flag', ['build', 'x', '--nope'], 1, '', 'error[UNKNOWN_FLAG]: unknown flag: --nope'],
    ['too few arguments', ['build'], 1, '', 'error[ARGUMENT_COUNT]: build wants 1 argument(s), found 0'],
    ['wrong log level', ['--log-level', 'fatal', 'build', 'x'], 1, '', 'error[LOG_LEVEL]'],
    [
      'missing directory',
      ['-C', '/no/such/dir', 'build', 'x'],
      1,
      '',
      'error[WORKING_DIRECTORY]: cannot change to /no/such/dir',
    ],
    ['fine', ['build', 'x', '--arch', 'all'], 0, '', ''],
  ])('%s', async (_, argv, status, stdout, stderr) => {
    expect(await runProgram(fine, argv)).toBe(status)
    expect(out.join('')).toContain(stdout)
    expect(err.join('')).toContain(stderr)
    if (stderr === '') expect(err).toEqual([])
    if (stdout === '') expect(out).toEqual([])
  })

  test('help hides hidden commands', async () => {
    await runProgram(fine, [])
    expect(out.join('')).not.toContain('secret')
  })

  test('results go to standard output, messages to standard error', async () => {
    const status = await runProgram(
      program(async ({ print, log, args }) => {
        log.info('working')
        print(`${args[0]}\n`)
        return 3
      }),
      ['build', 'x'],
    )
    expect([status, out, err.length]).toEqual([3, ['x\n'], 1])
  })

  test("a user's mistake shows no stack trace, and --debug shows the causes", async () => {
    const failing = program(async () => {
      throw new DiagnosticError('BAD', 'this is bad', { cause: new Error('because') })
    })
    expect(await runProgram(failing, ['build', 'x'])).toBe(1)
    expect(err.join('')).toBe('error[BAD]: this is bad\n')
    expect(await runProgram(failing, ['build', 'x', '--debug'])).toBe(1)
    expect(err.join('')).toContain('caused by: Error: because')
  })

  test('errors are JSON when the log is', async () => {
    const failing = program(async () => {
      throw new DiagnosticError('BAD', 'this is bad')
    })
    await runProgram(failing, ['build', 'x', '--log-format', 'json'])
    expect(JSON.parse(err.join(''))).toEqual({ level: 'error', error: { code: 'BAD', message: 'this is bad' } })
  })

  test('an interruption aborts the command and gives 130', async () => {
    const waiting = program(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          process.emit('SIGINT', 'SIGINT')
        }),
    )
    expect(await runProgram(waiting, ['build', 'x'])).toBe(130)
    expect(err.join('')).toContain('interrupted')
  })
})
