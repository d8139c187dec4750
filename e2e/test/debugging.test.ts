import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'
import { onTerminal } from '../src/terminal.ts'
import { missingTools } from '../src/tools.ts'

const noTerminal = (await missingTools(['python3'])).length > 0
const noLayers = process.getuid?.() !== 0

const RECIPE = `package:
  name: broken
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
  environment:
    GREETING: hello
pipeline:
  - name: prepare
    runs: |
      echo prepared > state
      date +%N > stamp
      touch /left-outside
  - name: configure
    label: conf
    working-directory: sub dir
    environment:
      MODE: fast
    runs: |
      # what this step does
      echo configuring "$MODE"

      grep wanted ../input.txt > found
  - name: install
    runs: |
      test -e /left-outside && test -e stamp
      mkdir -p \${{targets.destdir}}/usr/share/broken
      cp state "sub dir/found" \${{targets.destdir}}/usr/share/broken
subpackages:
  - name: broken-one
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/one
  - name: broken-two
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/two
`
const FIXED = RECIPE.replace('grep wanted ../input.txt > found', 'echo wanted > found')

interface Change {
  readonly what: string
  readonly recipe?: string
  readonly files?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  readonly says: string
}

const CHANGES: readonly Change[] = [
  { what: 'an earlier step', recipe: RECIPE.replace('echo prepared', 'echo well'), says: 'step 1: prepare\n' },
  { what: 'a variable', recipe: RECIPE.replace('hello', 'good day'), says: 'GREETING: "hello" is now "good day"' },
  {
    what: 'a package of the environment',
    recipe: RECIPE.replace('coreutils]', 'coreutils, grep]'),
    says: 'packages of the environment: +grep=',
  },
  { what: 'the build date', flags: ['--build-date', '2026-01-31T12:00:00Z'], says: 'SOURCE_DATE_EPOCH: "0" is now' },
  { what: 'a source file', files: { 'input.txt': 'wanted\n' }, says: 'source files: input.txt\n' },
  { what: 'the list of source files', files: { 'more.txt': '' }, says: 'source files: more.txt\n' },
]

describe.skipIf(cannotBuild)(`a build that fails${why}`, () => {
  let cwd: string
  let shared: string

  let env: Readonly<Record<string, string>>

  beforeAll(async () => {
    env = { XDG_CACHE_HOME: await temporaryDirectory() }
    shared = await failing()
  })
  beforeEach(async () => {
    cwd = await failing()
  })

  async function failing(): Promise<string> {
    const place = await temporaryDirectory()
    await writeFile(join(place, 'broken.yaml'), RECIPE)
    await writeFile(join(place, 'input.txt'), 'nothing\n')
    return place
  }

  function args(...more: readonly string[]): string[] {
    const where = ['--arch', 'x86_64', '--out-dir', 'packages', '--generate-index=false']
    return ['build', 'broken.yaml', ...where, ...TOOLCHAIN_FLAGS, ...more]
  }

  async function packages(directory = 'packages'): Promise<Record<string, string>> {
    const names = (await readdir(join(cwd, directory, 'x86_64')).catch(() => [])).sort()
    const files = names.map(async (name) => [name, sha256Hex(await readFile(join(cwd, directory, 'x86_64', name)))])
    return Object.fromEntries(await Promise.all(files))
  }

  test('shows the step, the command and its place, the status, the last lines and the whole log', async () => {
    const { exitCode, stderr } = await ours('melange-ts', args(), { cwd, env })
    expect(exitCode).toBe(1)
    const message = 'error[STEP_FAILED]: configure of package broken ended with exit status 1'
    expect(stderr).toContain(`${message}\n  --> broken.yaml:27\n`)
    expect(stderr).toContain('step at: broken.yaml:18\n')
    expect(stderr).toContain('command: grep wanted ../input.txt > found (broken.yaml:27)\n')
    expect(stderr).toContain('working directory: /home/build/sub dir\n')
    expect(stderr).toContain('last lines:\n    configuring fast\n')
    const log = /full log: (.*)/.exec(stderr)?.[1] ?? ''
    expect(log).toMatch(/\/logs\/broken-1\.0-r0-x86_64-\d{8}T\d{6}Z-[0-9a-f]{4}\.log$/)
    expect(await readFile(log, 'utf8')).toBe('=== prepare\n=== configure\nconfiguring fast\n')
    expect(await packages()).toEqual({})
  })

  describe.skipIf(noLayers)('as root, where states are layers', () => {
    test('goes on from the step that failed when the recipe is mended, and makes the same packages', async () => {
      expect((await ours('melange-ts', args(), { cwd, env })).stderr).toContain('--from-step 2')
      await writeFile(join(cwd, 'broken.yaml'), FIXED)
      const resumed = await oursFine('melange-ts', args('--from-step', 'conf'), { cwd, env })
      expect(resumed.stderr).toMatch(/going on from step 2; reused from the build of .*:\n.*step 1 {2}prepare\n/)
      expect(resumed.stderr).not.toContain('running step "prepare"')
      await oursFine('melange-ts', args('--snapshots=false', '--out-dir', 'whole'), { cwd, env })
      const made = await packages()
      expect(Object.keys(made)).toEqual(['broken-1.0-r0.apk', 'broken-one-1.0-r0.apk', 'broken-two-1.0-r0.apk'])
      expect(made).toEqual(await packages('whole'))
    })

    test.each(CHANGES)(
      'refuses to go on when $what has changed, and names it',
      async ({ recipe, files, flags, says }) => {
        const place = await failedOnce()
        await writeFile(join(place, 'broken.yaml'), recipe ?? RECIPE)
        for (const [name, text] of Object.entries({ 'input.txt': 'nothing\n', ...files }))
          await writeFile(join(place, name), text)
        const { exitCode, stderr } = await ours('melange-ts', args('--from-step', '2', ...(flags ?? [])), {
          cwd: place,
          env,
        })
        for (const name of Object.keys(files ?? {})) await rm(join(place, name))
        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(says) })
        expect(stderr).toContain('error[INPUT_CHANGED]: cannot go on from step 2')
      },
    )

    test.each([
      ['nowhere', 'error[STEP_UNKNOWN]: there is no step "nowhere"'],
      ['3', 'error[NO_SNAPSHOT]: no state was kept after step 2, so step 3 cannot be the next'],
    ])('says which steps it can go on from: not from %s', async (step, says) => {
      const place = await failedOnce()
      await writeFile(join(place, 'broken.yaml'), RECIPE)
      await writeFile(join(place, 'input.txt'), 'nothing\n')
      expect((await ours('melange-ts', args('--from-step', step), { cwd: place, env })).stderr).toContain(says)
    })

    test('says that there is nothing to go on from, and why', async () => {
      const says = async (...more: string[]) =>
        (await ours('melange-ts', args('--from-step', '2', ...more), { cwd, env })).stderr
      expect(await says()).toContain('error[NO_SNAPSHOT]: there is no earlier build of this recipe for x86_64')
      expect(await says('--rm=false')).toContain('is not kept with --rm=false')
      expect(await says('--workspace-dir', 'w')).toContain('is not kept with --workspace-dir')
    })

    test('does not keep a state that layers would change: files with several names stay one file', async () => {
      const linked = FIXED.replace('touch /left-outside', 'touch /left-outside; ln state other').replace(
        'echo configuring',
        'echo more >> ../other; echo configuring',
      )
      await writeFile(join(cwd, 'broken.yaml'), linked)
      await oursFine('melange-ts', args(), { cwd, env })
      await oursFine('melange-ts', args('--snapshots=false', '--out-dir', 'whole'), { cwd, env })
      expect(await packages()).toEqual(await packages('whole'))
    })
  })

  test('runs the steps of the other subpackages with --keep-going, reports all failures and writes nothing', async () => {
    const two = FIXED.replace('mkdir -p ${{targets.contextdir}}/one', 'exit 3').replace(
      'mkdir -p ${{targets.contextdir}}/two',
      'exit 4',
    )
    await writeFile(join(cwd, 'broken.yaml'), two)
    const { exitCode, stderr } = await ours('melange-ts', args('--keep-going'), { cwd, env })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[STEP_FAILED\]: .* of package broken-one ended with exit status 3\n/)
    expect(stderr).toMatch(/error\[STEP_FAILED\]: .* of package broken-two ended with exit status 4\n/)
    expect(await packages()).toEqual({})
  })

  test.skipIf(noTerminal)(
    'opens a shell where it failed, in which the step can be run again (skipped: python3 not installed)',
    async () => {
      const terminal = onTerminal('melange-ts', args('--on-failure', 'shell'), { cwd, env })
      await terminal.until(/rerun.* runs the step again/s)
      terminal.type('echo "in $PWD as $(id -u), $MODE $GREETING, $(cat ../state) end"')
      await terminal.until(/in \/home\/build\/sub dir as 0, fast hello, prepared end/)
      terminal.type('rerun; echo "status $?"')
      expect(await terminal.until(/status \d/)).toMatch(/configuring fast\n.*status 1/s)
      terminal.type('echo wanted > ../input.txt; rerun; echo "status $?"')
      await terminal.until(/status 0/)
      terminal.type('exit 0')
      expect(await terminal.ended()).toBe(0)
      expect(Object.keys(await packages())).toHaveLength(3)
    },
  )

  test.skipIf(noTerminal)(
    'ends with the failure when that shell gives up (skipped: python3 not installed)',
    async () => {
      const terminal = onTerminal('melange-ts', args('--interactive'), { cwd, env })
      await terminal.until(/rerun.* runs the step again/s)
      terminal.type('exit 7')
      expect(await terminal.ended()).toBe(1)
      expect(terminal.shown()).toContain('error[STEP_FAILED]')
      expect(await packages()).toEqual({})
    },
  )

  test('opens no shell without a terminal', async () => {
    const { exitCode, stderr } = await ours('melange-ts', args('--on-failure', 'shell'), {
      cwd,
      env,
      input: 'exit 0\n',
    })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('standard input is not a terminal')
  })

  let failed: Promise<string> | undefined
  /** A directory in which the build has failed; refusing to go on leaves it as it is. */
  function failedOnce(): Promise<string> {
    failed ??= ours('melange-ts', args(), { cwd: shared, env }).then(() => shared)
    return failed
  }
})
