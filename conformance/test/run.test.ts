import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

const RUNNER = resolve(import.meta.dirname, '../dist/run.js')

async function run(...args: string[]) {
  const { exitCode, stdout } = await execa(process.execPath, [RUNNER, ...args], { reject: false })
  return { exitCode, stdout }
}

test('without data it says so and is no failure', async () => {
  const { exitCode, stdout } = await run('--data', '/no/such/directory')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('skipped: conformance data not present')
})

test('an unknown suite is an error that lists the known ones', async () => {
  const { exitCode, stdout } = await run('no-such-suite')
  expect(exitCode).toBe(1)
  expect(stdout).toContain('unknown suite no-such-suite')
  expect(stdout).toContain('golden-images')
})

test('data that lacks what a suite needs is a failure, not a pass', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'conformance-empty-'))
  try {
    const { exitCode, stdout } = await run('--data', empty, 'e2e-images')
    expect(exitCode).toBe(1)
    expect(stdout).not.toMatch(/e2e-images +[1-9]\d* +0 +0/)
  } finally {
    await rm(empty, { recursive: true, force: true })
  }
})
