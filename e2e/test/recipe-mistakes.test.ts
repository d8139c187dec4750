import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ours, oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const GOOD = `package:
  name: small
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, coreutils]
pipeline:
`

const BUILD = [
  'build',
  'small.yaml',
  '--arch',
  'x86_64',
  '--empty-workspace',
  '--out-dir',
  'packages',
  ...TOOLCHAIN_FLAGS,
]

interface Mistake {
  readonly what: string
  readonly yaml?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly says: readonly (string | RegExp)[]
}

const MISTAKES: readonly Mistake[] = [
  { what: 'a recipe that is not there', args: ['build', 'gone.yaml', '--arch', 'x86_64'], says: ['gone.yaml'] },
  { what: 'a YAML syntax error', yaml: 'package:\n  name: [small\n', says: ['small.yaml:'] },
  {
    what: 'an unknown key',
    yaml: GOOD.replace('copyright:', 'copyrigth:'),
    says: ['copyrigth', 'small.yaml:5:3', 'did you mean', 'copyright'],
  },
  {
    what: 'an unknown pipeline',
    yaml: `${GOOD}  - uses: autoconf/mak\n`,
    says: ['autoconf/mak', 'small.yaml:11', 'autoconf/make'],
  },
  { what: 'a missing input', yaml: `${GOOD}  - uses: fetch\n`, says: ['uri', 'fetch', 'small.yaml:11'] },
  {
    what: 'an unknown variable',
    yaml: `${GOOD}  - runs: echo \${{vars.nope}}\n`,
    says: ['vars.nope', 'small.yaml:11'],
  },
  { what: 'a shell syntax error', yaml: `${GOOD}  - runs: |\n      if true; then\n`, says: ['small.yaml:12'] },
  { what: 'an invalid version', yaml: GOOD.replace('"1.0"', '1.x-y'), says: ['1.x-y'] },
  {
    what: 'an unknown package',
    yaml: `${GOOD.replace('coreutils', 'coreutlis')}  - runs: "true"\n`,
    says: ['coreutlis', 'did you mean', 'coreutils'],
  },
  { what: 'a signing key that is not there', args: [...BUILD, '--signing-key', 'nokey.rsa'], says: ['nokey.rsa'] },
  { what: 'an unknown runner', args: [...BUILD, '--runner', 'bubblewarp'], says: ['bubblewarp', 'bubblewrap'] },
  { what: 'a missing bubblewrap', env: { PATH: '/nonexistent' }, says: ['bwrap', 'apt-get install bubblewrap'] },
  {
    what: 'a failing step',
    yaml: `${GOOD}  - name: compile it\n    runs: |\n      echo the compiler says no\n      exit 7\n`,
    says: ['compile it', 'small.yaml:11', /status 7|code 7/, 'the compiler says no', /\.log/],
  },
]

describe.skipIf(cannotBuild)(
  `a mistake in a package build is answered clearly and leaves nothing half-written${why}`,
  () => {
    test.each(MISTAKES)('$what', async ({ yaml, args, env, says }) => {
      const cwd = await temporaryDirectory()
      await writeFile(join(cwd, 'small.yaml'), yaml ?? `${GOOD}  - runs: "true"\n`)
      const { exitCode, stdout, stderr } = await ours('melange-ts', args ?? BUILD, { cwd, env: { ...env } })
      expect(exitCode).toBe(1)
      expect(stdout).toBe('')
      for (const words of says) expect(stderr).toMatch(typeof words === 'string' ? new RegExp(escaped(words)) : words)
      expect(stderr).toMatch(/error\[[A-Z0-9_]+\]: /)
      expect(stderr).not.toMatch(/\n\s+at .*[:(]\d/)
      expect(await packagesIn(cwd)).toEqual([])
    })

    test('a full disk is named, and no part of a package stays', async () => {
      const cwd = await temporaryDirectory()
      const out = join(cwd, 'packages')
      await mkdir(out)
      await writeFile(
        join(cwd, 'small.yaml'),
        `${GOOD}  - runs: head -c 3000000 /dev/urandom > \${{targets.destdir}}/noise\n`,
      )
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', out]).status !== 0) return
      try {
        const { exitCode, stderr } = await ours('melange-ts', BUILD, { cwd })
        expect(exitCode).toBe(1)
        expect(stderr).toContain('ENOSPC')
        expect(await packagesIn(cwd)).toEqual([])
      } finally {
        spawnSync('umount', [out])
      }
    })

    test('an interruption ends the step, and the next build works', async () => {
      const cwd = await temporaryDirectory()
      await writeFile(join(cwd, 'small.yaml'), `${GOOD}  - runs: echo started; sleep 4242\n`)
      const child = spawn(process.execPath, [join(ROOT, 'packages/melange-ts/bin/melange-ts.js'), ...BUILD], {
        cwd,
        env: { PATH: process.env.PATH, HOME: cwd, TMPDIR: cwd },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let log = ''
      let interrupted = false
      for await (const chunk of child.stderr) {
        log += chunk
        if (!interrupted && / started\n/.test(log)) interrupted = child.kill('SIGINT')
      }
      if (child.exitCode === null) await once(child, 'exit')
      expect(child.exitCode).toBe(130)
      expect(spawnSync('pgrep', ['-f', 'sleep 4242']).status).toBe(1)
      expect(await readFile('/proc/mounts', 'utf8')).not.toContain(cwd)
      expect(await packagesIn(cwd)).toEqual([])
      expect((await readdir(cwd)).filter((name) => /guest|workspace|apko-temp/.test(name))).toEqual([])
      await writeFile(join(cwd, 'small.yaml'), `${GOOD}  - runs: "true"\n`)
      await oursFine('melange-ts', BUILD, { cwd })
      expect(await packagesIn(cwd)).toContain('small-1.0-r0.apk')
    })
  },
)

async function packagesIn(cwd: string): Promise<string[]> {
  const directory = join(cwd, 'packages/x86_64')
  return existsSync(directory) ? await readdir(directory) : []
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
