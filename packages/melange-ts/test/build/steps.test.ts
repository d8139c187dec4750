import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import type { Command, Exit, Runner } from '@apkts/sandbox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startDeadline } from '../../src/build/deadline.ts'
import { openStepLog, type StepLog } from '../../src/build/step-log.ts'
import { runPipeline, type StepContext } from '../../src/build/steps.ts'
import { createTracer } from '../../src/build/tracer.ts'
import type { CompiledStep } from '../../src/compile/types.ts'

const STEP: CompiledStep = {
  if: '',
  name: '',
  uses: '',
  with: {},
  runs: '',
  pipeline: [],
  inputs: {},
  label: '',
  workingDirectory: '',
  environment: {},
  enabled: true,
  builtin: false,
  written: '',
  at: { file: 'recipe.yaml', line: 7 },
}

const step = (fields: Partial<CompiledStep>): CompiledStep => ({ ...STEP, ...fields })
const OK: Exit = { exitCode: 0, signal: undefined, aborted: false }

let directory: string
let stepLog: StepLog
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steps-test-'))
  stepLog = openStepLog(join(directory, 'log'), silentLog)
})
afterEach(async () => {
  await stepLog.close({ keep: false })
  await rm(directory, { recursive: true, force: true })
})

function context(answer: (command: Command) => Partial<Exit>, fields: Partial<StepContext> = {}) {
  const commands: Command[] = []
  const runner: Runner = {
    name: 'bubblewrap',
    rootOnDisk: true,
    checkUsable: async () => ({}),
    run: async (_, command) => {
      commands.push(command)
      return { ...OK, ...answer(command) }
    },
    attach: async () => ({ ...OK, exitCode: 0 }),
    stop: async () => {},
  }
  const deadline = startDeadline(new AbortController().signal, 0n)
  const guest = { root: '/', mounts: [], environment: {}, capabilities: { add: [], drop: [] }, networking: true }
  const pod = { guest, workspace: directory, checkpoint: async () => false, close: async () => {} }
  const value: StepContext = {
    secrets: [],
    runner,
    pod,
    packageName: 'pkg',
    log: silentLog,
    tracer: createTracer({ file: '', log: silentLog }),
    stepLog,
    signal: deadline.signal,
    interruption: deadline.interruption,
    trace: false,
    shellOnFailure: false,
    ...fields,
  }
  return { value, commands }
}

const script = (command: Command): string => command.argv[2]!.split('\n')[3]!

describe('a pipeline', () => {
  test('runs its steps in order, nested ones after their group', async () => {
    const { value, commands } = context(() => ({}))
    await runPipeline([step({ runs: 'a', pipeline: [step({ runs: 'b' })] }), step({ runs: 'c' })], value)
    expect(commands.map(script)).toEqual(['a', 'b', 'c'])
  })

  test('passes over steps whose condition is false, with all they contain', async () => {
    const { value, commands } = context(() => ({}))
    await runPipeline([step({ enabled: false, runs: 'a', pipeline: [step({ runs: 'b' })] })], value)
    expect(commands).toEqual([])
  })

  test('starts no process for a group that only groups', async () => {
    const { value, commands } = context(() => ({}))
    await runPipeline([step({ pipeline: [step({ runs: 'b' })] }), step({ workingDirectory: 'made' })], value)
    expect(commands.map(script)).toEqual(['b', ''])
  })

  test('gives nested steps the environment of their group', async () => {
    const { value, commands } = context(() => ({}))
    const nested = step({ runs: 'b', environment: { B: '2', A: 'own' } })
    await runPipeline([step({ environment: { A: '1', PATH: '/p' }, pipeline: [nested] })], value)
    expect(commands[0]!.environment).toEqual({ PATH: '/p', A: 'own', B: '2' })
  })

  test.each([
    [{ exitCode: 2 }, 'compile of package pkg ended with exit status 2'],
    [{ exitCode: 137 }, 'compile of package pkg ended with exit status 137 (SIGKILL)'],
    [{ exitCode: undefined, signal: 'SIGSEGV' }, 'compile of package pkg was killed by SIGSEGV'],
  ])('stops at a failure and tells how it ended: %j', async (exit, message) => {
    const { value, commands } = context(() => exit)
    const failing = step({ name: 'compile', uses: 'cc', workingDirectory: 'src', runs: 'x' })
    await expect(runPipeline([failing, step({ runs: 'never' })], value)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message,
      at: { file: 'recipe.yaml', line: 7 },
      notes: expect.arrayContaining(['uses: cc', 'working directory: /home/build/src', `full log: ${stepLog.file}`]),
    })
    expect(commands).toHaveLength(1)
  })

  test('repeats the last lines of a failing step, and no others', async () => {
    const { value } = context(({ argv, onLine }) => {
      for (let i = 1; i <= 30; i++) onLine!(`${argv[2]!.includes('noisy') ? 'noise' : 'line'} ${i}`, 'stdout')
      return { exitCode: argv[2]!.includes('noisy') ? 0 : 1 }
    })
    const run = runPipeline([step({ runs: 'noisy' }), step({ runs: 'fails' })], value)
    const notes = await run.then(
      () => [],
      (error: { notes: string[] }) => error.notes,
    )
    const lines = notes
      .find((note) => note.startsWith('last lines'))!
      .split('\n')
      .slice(1)
    expect(lines).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at + 11}`))
  })

  test('goes on after a shell that ends well', async () => {
    const { value, commands } = context((command) => ({ exitCode: script(command) === 'fails' ? 1 : 0 }), {
      shellOnFailure: true,
    })
    await runPipeline([step({ runs: 'fails' }), step({ runs: 'next' })], value)
    expect(commands.map(script)).toEqual(['fails', 'next'])
    expect(await readFile(join(directory, '.ash_history'), 'utf8')).toBe('fails\n')
  })

  test.each([
    [1, [false], 'g wants 1 of its steps to run, but 0 did'],
    [1, [true, true], 'g wants 1 of its steps to run, but 2 did'],
    [0, [false, true], 'g wants 0 of its steps to run, but 1 did'],
    [2, [], 'g wants 2 of its steps to run, but 0 did'],
    [1, [true, false], undefined],
    [0, [false], undefined],
  ])('of a group wants %j steps to run of %j', async (requiredSteps, enabled, message) => {
    const { value } = context(() => ({}))
    const pipeline = enabled.map((runs) => step({ enabled: runs, runs: 'a', pipeline: [step({ runs: 'deeper' })] }))
    const group = step({ name: 'g', assertions: { requiredSteps }, pipeline })
    const run = runPipeline([group], value)
    if (message === undefined) await run
    else await expect(run).rejects.toMatchObject({ code: 'ASSERTION_FAILED', message })
  })
})

test('a step that is still running when time is up is named', async () => {
  const deadline = startDeadline(new AbortController().signal, 1_000_000n)
  await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve))
  const { value } = context(() => ({ exitCode: undefined, aborted: true }), deadline)
  await expect(runPipeline([step({ name: 'long', runs: 'x' })], value)).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: 'the build exceeded its timeout of 1ms',
    notes: ['running step: long', `full log: ${stepLog.file}`],
  })
})
