import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram } from '../../src/index.ts'
import { kvmProblem, processorAnswers } from '../../src/qemu/accelerator.ts'

let temporary: string

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'accelerator-test-'))
  await mkdir(join(temporary, 'dev'))
})
afterEach(() => rm(temporary, { recursive: true, force: true }))

async function program(text: string): Promise<string> {
  const file = join(temporary, 'qemu-system-x86_64')
  await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return file
}

describe('KVM', () => {
  test.each([
    ['no device', false, 'exit 33', /there is no .*kvm/],
    ['a processor that answers', true, 'exit 33', undefined],
    ['a program that gives up', true, 'exit 1', /a processor started with it does nothing/],
    ['a program that dies', true, 'kill -ABRT $$', /a processor started with it does nothing/],
  ])('%s', async (_, device, text, expected) => {
    if (device) await writeFile(join(temporary, 'dev/kvm'), '')
    const problem = await kvmProblem({ program: await program(text), arch: 'x86_64', temporary, root: temporary })
    if (expected === undefined) expect(problem).toBeUndefined()
    else expect(problem).toMatch(expected)
  })

  test('on other processors the device decides', async () => {
    await writeFile(join(temporary, 'dev/kvm'), '')
    const probe = { program: await program('exit 1'), arch: 'aarch64', temporary, root: temporary } as const
    expect(await kvmProblem(probe)).toBeUndefined()
  })
})

const qemu = findProgram('qemu-system-x86_64', process.env.PATH ?? '')
const skipped = qemu === undefined ? ' (skipped: qemu-system-x86_64 not installed)' : ''

test.skipIf(qemu === undefined)(`an emulated processor runs the three instructions and answers${skipped}`, async () => {
  expect(await processorAnswers({ program: qemu!, temporary }, ['-accel', 'tcg'])).toBe(true)
})
