import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ours, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'
import { onTerminal } from '../src/terminal.ts'
import { missingTools } from '../src/tools.ts'

const GUIDE = readFileSync(join(ROOT, 'docs/debugging.md'), 'utf8')
const RECIPE = /```yaml\n(.*?)```/s.exec(GUIDE)?.[1] ?? ''
const COMMANDS = [...GUIDE.matchAll(/^ {4}(melange-ts .*)$/gm)].map(([, line = '']) => line)
const TYPED = [...GUIDE.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line)

const ready = !cannotBuild && process.getuid?.() === 0 && (await missingTools(['python3'])).length === 0
const reason = cannotBuild ? why : ready ? '' : ' (skipped: needs root and python3)'

describe.skipIf(!ready)(`the guide to failing builds${reason}`, () => {
  let cwd: string
  let env: Readonly<Record<string, string>>
  const run: string[] = []

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    env = { XDG_CACHE_HOME: await temporaryDirectory() }
    await writeFile(join(cwd, 'report.yaml'), RECIPE)
  })

  function words(part: string): string[] {
    const line = COMMANDS.find((command) => !run.includes(command) && command.includes(part)) ?? ''
    run.push(line)
    return [...line.split(' ').slice(1), ...TOOLCHAIN_FLAGS]
  }

  test('shows what failed', async () => {
    const { exitCode, stderr } = await ours('melange-ts', words('build'), { cwd, env })
    const shown = /```\n(error.*?)\n```/s.exec(GUIDE)?.[1] ?? ''
    const variable = /full log: .*\//
    expect(exitCode).toBe(1)
    expect(withoutTime(stderr.slice(stderr.indexOf('error[')))).toBe(withoutTime(`${shown}\n`))
    expect(stderr).toMatch(variable)
  })

  test('goes on from the step that was mended', async () => {
    const args = words('--from-step')
    await writeFile(join(cwd, 'report.yaml'), RECIPE.replace('cat settings > configured', 'echo mended > configured'))
    const { exitCode, stderr } = await ours('melange-ts', args, { cwd, env })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('going on from step 2') })
  })

  test('reports all failures, of tests too', async () => {
    await ours('melange-ts', ['keygen', 'own.rsa'], { cwd, env })
    const [build, check] = [words('--keep-going'), words('--keep-going')]
    expect(build[0]).toBe('build')
    expect((await ours('melange-ts', [...build, '--signing-key', 'own.rsa'], { cwd, env })).exitCode).toBe(0)
    const own = ['--repository-append', 'packages', '--keyring-append', 'own.rsa.pub']
    expect((await ours('melange-ts', [...check, ...own], { cwd, env })).exitCode).toBe(0)
  })

  test('writes where the time goes', async () => {
    expect((await ours('melange-ts', words('--trace'), { cwd, env })).exitCode).toBe(0)
    const spans = (await readFile(join(cwd, 'spans.json'), 'utf8')).trimEnd().split('\n')
    const names = spans.map((line) => (JSON.parse(line) as { Name: string }).Name)
    for (const [, name = ''] of GUIDE.slice(GUIDE.indexOf('--trace')).matchAll(/\(?`([A-Za-z]+(?:\.StartPod)?)`,/g))
      expect(names).toContain(name)
    expect(names).toContain('step 2 configure (conf)')
    expect(names.at(-1)).toBe('BuildCmd')
  })

  test('keeps everything', async () => {
    await writeFile(join(cwd, 'report.yaml'), RECIPE)
    const { exitCode, stderr } = await ours('melange-ts', words('--rm=false'), { cwd, env })
    expect(exitCode).toBe(1)
    expect(await readFile(join(cwd, 'work/x86_64/state'), 'utf8')).toBe('prepared\n')
    const kept = /environment below (\S+)/.exec(stderr)?.[1] ?? ''
    expect(existsSync(join(kept, 'guest/bin/sh'))).toBe(true)
    await rm(kept, { recursive: true })
  })

  test('looks around in a shell', async () => {
    const terminal = onTerminal('melange-ts', words('--on-failure'), { cwd, env })
    await terminal.until(/rerun.* runs the step again/s)
    for (const line of TYPED) {
      terminal.type(`${line}; echo "done $((40 + 2))"`)
      if (!line.startsWith('exit')) await terminal.until(/done 42/)
    }
    expect(await terminal.ended()).toBe(0)
  })

  test('has no other commands', () => {
    expect([...COMMANDS].sort()).toEqual([...run].sort())
  })
})

function withoutTime(text: string): string {
  return text.replace(/full log: .*\/logs\/(.*)-\d{8}T\d{6}Z-[0-9a-f]{4}\.log/, 'full log: $1')
}
