import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { podmanHere } from '../src/podman.ts'
import { PROBE_RECIPE } from '../src/probe-recipe.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const temp = await temporaryDirectory()
const podman = cannotBuild ? undefined : await podmanHere(temp)
const reason = cannotBuild ? why : podman === undefined ? ' (skipped: podman cannot run here)' : ''

describe.skipIf(podman === undefined)(`steps in containers of podman${reason}`, () => {
  let cwd: string
  const env = podman ?? {}

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    await writeFile(join(cwd, 'probe.yaml'), PROBE_RECIPE)
  })

  function build(recipe: string, out: string, runner: string): string[] {
    const where = ['--arch', 'x86_64', '--empty-workspace', '--out-dir', out, '--runner', runner]
    return ['build', recipe, ...where, ...TOOLCHAIN_FLAGS]
  }

  async function containers(): Promise<string> {
    return (await execa('podman', ['ps', '--all', '--quiet'], { env })).stdout
  }

  test('make the package that bubblewrap makes, and leave no container', async () => {
    const digests = []
    for (const runner of ['bubblewrap', 'podman']) {
      await oursFine('melange-ts', build('probe.yaml', runner, runner), { cwd, env })
      digests.push(sha256Hex(await readFile(join(cwd, runner, 'x86_64/probe-1.0-r0.apk'))))
    }
    expect(digests[1]).toBe(digests[0])
    expect(await containers()).toBe('')
  })

  test('run as the user of the recipe', async () => {
    const asBuild = PROBE_RECIPE.replace('environment:\n', 'environment:\n  accounts:\n    run-as: build\n')
      .replace('touch /left-outside\n', 'test "$(id -u)" = 1000\n')
      .replace(/ +chown 7:8.*\n/, '')
      .split('  - working-directory')[0]!
    await writeFile(join(cwd, 'user.yaml'), asBuild)
    const digests = []
    for (const runner of ['bubblewrap', 'podman']) {
      await oursFine('melange-ts', build('user.yaml', `user-${runner}`, runner), { cwd, env })
      digests.push(sha256Hex(await readFile(join(cwd, `user-${runner}`, 'x86_64/probe-1.0-r0.apk'))))
    }
    expect(digests[1]).toBe(digests[0])
  })

  test('end with the program, even when it is killed', async () => {
    await writeFile(join(cwd, 'slow.yaml'), PROBE_RECIPE.replace('touch /left-outside', 'touch begun; sleep 600'))
    const args = [join(ROOT, 'packages/melange-ts/bin/melange-ts.js'), ...build('slow.yaml', 'slow', 'podman')]
    const child = spawn(process.execPath, [...args, '--workspace-dir', join(cwd, 'ws')], {
      cwd,
      env: { ...env, HOME: cwd },
      stdio: 'ignore',
    })
    const begun = (): boolean => existsSync(join(cwd, 'ws/x86_64/begun'))
    await expect.poll(begun, { timeout: 60_000, interval: 100 }).toBe(true)
    child.kill('SIGKILL')
    await expect.poll(containers, { timeout: 30_000, interval: 200 }).toBe('')
  })
})
