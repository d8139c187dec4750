import { lstat, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openShell } from '../../src/build/shell.ts'
import type { StepContext } from '../../src/build/steps.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shell-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('the history of a shell is not written through a link that a step left', async () => {
  const victim = join(directory, 'victim')
  const history = join(directory, '.ash_history')
  await writeFile(victim, 'untouched')
  await symlink(victim, history)
  const runner = { attach: async () => ({ exitCode: 0, signal: undefined, aborted: false }) }
  const pod = { workspace: directory, guest: { environment: {} } }
  const context = { pod, runner, log: silentLog } as unknown as StepContext
  const step = { runs: 'make', workingDirectory: '', argv: ['sh'], environment: {}, secrets: [] }
  expect(await openShell(step, context)).toBe(true)
  expect(await readFile(victim, 'utf8')).toBe('untouched')
  expect((await lstat(history)).isFile()).toBe(true)
  expect(await readFile(history, 'utf8')).toBe('make\n')
})
