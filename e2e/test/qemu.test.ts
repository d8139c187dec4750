import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandLine, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { guestKernel } from '../src/guest-kernel.ts'
import { PROBE_RECIPE } from '../src/probe-recipe.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const SECRET = 'only for the step'
const RECIPE = `${PROBE_RECIPE.replace('  epoch: 0\n', '  epoch: 0\n  resources:\n    cpu: "1"\n    memory: 1Gi\n')}
  - runs: |
      echo "kernel $(uname -r), processors $(nproc), networks $(echo /sys/class/net/*)"
      test "$(wc -c < /run/secrets/token)" = ${SECRET.length}
      echo "said as a warning" >&2
`
const FAILING = `${PROBE_RECIPE}
  - name: fails
    runs: |
      echo before
      cat /nowhere
      echo after
`

// Machines are told apart from those of others by their workspace.
async function machines(directory: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines
    .filter((line) => line.startsWith('qemu-system-') || /^\S*\/qemu-system-/.test(line))
    .filter((line) => line.includes(directory))
}

const kernel = cannotBuild ? { reason: '' } : await guestKernel(await temporaryDirectory())
const skipped = 'reason' in kernel
const reason = cannotBuild ? why : skipped ? ` (skipped: ${kernel.reason})` : ''

describe.skipIf(skipped)(`steps in machines of qemu${reason}`, () => {
  let cwd: string
  const env = skipped ? {} : kernel.env

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    await writeFile(join(cwd, 'token.txt'), SECRET)
    await writeFile(join(cwd, 'probe.yaml'), RECIPE)
    await writeFile(join(cwd, 'failing.yaml'), FAILING)
  })

  function build(recipe: string, runner: string, ...more: string[]): string[] {
    const where = ['--arch', 'x86_64', '--empty-workspace', '--out-dir', runner, '--runner', runner]
    return [
      'build',
      recipe,
      ...where,
      '--workspace-dir',
      `ws-${runner}`,
      '--network',
      'none',
      ...TOOLCHAIN_FLAGS,
      ...more,
    ]
  }

  test('make the package that bubblewrap makes, on a kernel of their own', async () => {
    const digests = []
    const logs = []
    for (const runner of ['bubblewrap', 'qemu']) {
      const args = build('probe.yaml', runner, '--secret', 'id=token,src=token.txt')
      logs.push((await oursFine('melange-ts', args, { cwd, env })).stderr)
      digests.push(sha256Hex(await readFile(join(cwd, runner, 'x86_64/probe-1.0-r0.apk'))))
    }
    expect(digests[1]).toBe(digests[0])
    expect(logs[0]).toContain(`kernel ${release()},`)
    expect(logs[1]).toMatch(/INFO kernel .*, processors 1, networks \/sys\/class\/net\/lo$/m)
    expect(logs[1]).not.toContain(`kernel ${release()},`)
    expect(logs[1]).toMatch(/WARN said as a warning$/m)
    expect(await machines(cwd)).toEqual([])
  })

  test('fail as they fail in bubblewrap', async () => {
    const reports = []
    for (const runner of ['bubblewrap', 'qemu']) {
      const { exitCode, stderr } = await ours('melange-ts', build('failing.yaml', runner), { cwd, env })
      expect(exitCode).toBe(1)
      reports.push(/^error\[STEP_FAILED\][\s\S]*$/m.exec(stderr)![0].replace(/full log: .*/, ''))
    }
    expect(reports[0]).toContain('cat: /nowhere: No such file or directory')
    expect(reports[1]).toBe(reports[0])
    expect(await machines(cwd)).toEqual([])
  })

  test.each(['SIGKILL', 'SIGTERM'] as const)('end with the program that %s ends', async (signal) => {
    const [program, ...args] = commandLine('melange-ts', build('failing.yaml', 'qemu'))
    const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env }, stdio: 'ignore' })
    await expect.poll(() => machines(cwd), { timeout: 120_000, interval: 50 }).toHaveLength(1)
    child.kill(signal)
    await expect.poll(() => machines(cwd), { timeout: 120_000, interval: 50 }).toEqual([])
  })
})
