import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'

const SHELLS = ['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['--version']).status === 0)
const PROGRAMS = ['melange-ts', 'apko-ts'] as const

describe.each(PROGRAMS)('completion of %s', (program) => {
  test.each(SHELLS)('is read by %s without complaint, with all visible commands', async (shell) => {
    const { stdout: script } = await oursFine(program, ['completion', shell], { cwd: ROOT })
    const file = join(await temporaryDirectory(), `completion.${shell}`)
    await writeFile(file, script)
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { stdout: help } = await oursFine(program, ['--help'], { cwd: ROOT })
    const commands = [...(/Commands:\n((?: {2}.*\n)+)/.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)]
    expect(commands.length).toBeGreaterThan(10)
    for (const [, name] of commands) expect(script).toContain(name)
  })
})
