import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const HEAD = (name: string, more = '') => `package:
  name: ${name}
  version: "1.0"
  epoch: 0
${more}environment:
  contents:
    packages: [bash, busybox, coreutils]
`

const FACTS = `${HEAD('facts', '  resources: {cpu: "1", memory: 2Gi}\n  timeout: 1h\n')}  environment:
    OWN: recipe
    EMPTY: ""
    GOPATH: ""
vars: {a: recipe, b: recipe}
pipeline:
  - runs: |
      ls melange-out > /tmp/first
      printf '%s ' \${{vars.a}} \${{vars.b}} \${{host.triplet.gnu}} \${{host.triplet.rust}} > /tmp/values
      env | grep -v '^\\(_\\|SHLVL\\|OLDPWD\\)=' | sort > /tmp/environment
      touch /var/cache/melange/seen
  - environment: {OWN: group, OUTER: group, PATH: /bin:/usr/bin}
    pipeline:
      - environment: {OWN: step}
        runs: echo "$OWN $OUTER $PATH" > /tmp/nested
      - working-directory: deep/er place
        runs: pwd > /tmp/where
        pipeline:
          - runs: pwd >> /tmp/where
      - working-directory: /made/for it
        runs: pwd >> /tmp/where
  - runs: mkdir -p melange-out/facts/opt && mv /tmp/[fvenw]* melange-out/facts/opt
subpackages:
  - name: facts-late
    pipeline:
      - runs: ls melange-out > melange-out/facts-late/later; test -d /made
  - name: facts-empty
`

const ENVIRONMENT: Readonly<Record<string, string>> = {
  COMPOSER_CACHE_DIR: '/var/cache/melange/composer',
  FROM_BOTH: 'first',
  FROM_SECOND: 'second',
  GOMODCACHE: '/var/cache/melange/gomodcache',
  GOPATH: '/home/build/.cache/go',
  HOME: '/home/build',
  OWN: 'recipe',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin',
  PIP_CACHE_DIR: '/var/cache/melange/pip',
  PWD: '/home/build',
  SOURCE_DATE_EPOCH: '1700000000',
  UV_CACHE_DIR: '/var/cache/melange/uv',
  npm_config_cache: '/var/cache/melange/npm',
}

const FLAGS = [
  ...['--strip-origin-name', '--create-build-log', '--persist-lint-results', '--generate-index=false'],
  ...['--env-file', 'first.env', '--env-file', 'second.env', '--vars-file', 'vars.yaml'],
  ...['--override-host-triplet-libc-substitution-flavor', 'musl', '--package-append', 'grep'],
  ...['--cpu', '3', '--disk', '9Gi', '--timeout', '10m', '--license', 'CC0-1.0', '--namespace', ''],
  ...['--dependency-log', 'made/deps', '--workspace-dir', 'work', '--cache-dir', 'cache', '--rm=false'],
  // What the original accepts without effect.
  ...['--cleanup=false', '--debug-runner', '--fail-on-lint-warning', '--cache-source', 'nowhere', '--cpumodel', 'none'],
]

describe.skipIf(cannotBuild)(`what a build is told${why}`, () => {
  let cwd: string

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    const files = {
      'facts.yaml': FACTS,
      'first.env': 'FROM_BOTH=first\nOWN=file\nHOME=\n',
      'second.env': 'FROM_BOTH=second\nFROM_SECOND=second\n',
      'vars.yaml': 'a: file\nc: unused\n',
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
    for (const name of ['cache', 'src']) await mkdir(join(cwd, name))
    await mkdir(join(cwd, 'work/x86_64/melange-out/facts/left'), { recursive: true })
    const env = { SOURCE_DATE_EPOCH: '1700000000', HOST_ONLY: 'never passed' }
    for (let round = 0; round < 2; round++) {
      const { exitCode, stderr } = await build('facts', FLAGS, env)
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
    }
  })

  function build(name: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const where = ['--arch', 'x86_64', '--source-dir', 'src', '--out-dir', 'packages', ...TOOLCHAIN_FLAGS]
    return ours('melange-ts', ['build', `${name}.yaml`, ...where, ...flags], { cwd, env })
  }

  async function inPackage(name: string, path: string): Promise<string> {
    return (await execa('tar', ['-xzOf', join(cwd, `packages/x86_64/${name}-1.0-r0.apk`), path])).stdout
  }

  test('steps see what the recipe says, then the first environment file, then the others, then defaults', async () => {
    const lines = (await inPackage('facts', 'opt/environment')).split('\n').map((line) => line.split('='))
    expect(Object.fromEntries(lines)).toEqual({ ...ENVIRONMENT, EMPTY: '' })
  })

  test.each([
    ['values', 'file recipe x86_64-pc-linux-musl x86_64-unknown-linux-musl '],
    ['nested', 'step group /bin:/usr/bin'],
    ['where', '/home/build/deep/er place\n/home/build/deep/er place\n/made/for it'],
    ['first', 'facts'],
  ])('of variables, nested steps and directories: %s', async (file, expected) => {
    expect(await inPackage('facts', `opt/${file}`)).toBe(expected)
  })

  test('the directory of a subpackage appears with its own steps, and one without files is a package, too', async () => {
    expect(await inPackage('facts-late', 'later')).toBe('facts\nfacts-late')
    const { stdout } = await execa('tar', ['-tzf', join(cwd, 'packages/x86_64/facts-empty-1.0-r0.apk')])
    expect(stdout.split('\n').filter((path) => !path.startsWith('.'))).toEqual([
      'var',
      'var/lib',
      'var/lib/db',
      'var/lib/db/sbom',
      'var/lib/db/sbom/facts-empty-1.0-r0.spdx.json',
    ])
  })

  test('what is beside the packages: a log that grows, findings of the linters where there are any, no index', async () => {
    const lines = ['facts', 'facts-late', 'facts-empty'].map((name) => `x86_64|${name}|${name}|1.0-r0\n`).join('')
    expect(await readFile(join(cwd, 'packages.log'), 'utf8')).toBe(lines + lines)
    expect((await readdir(join(cwd, 'packages/x86_64'))).sort()).toEqual([
      'facts-1.0-r0.apk',
      'facts-empty-1.0-r0.apk',
      'facts-late-1.0-r0.apk',
      'lint-facts-1.0-r0.json',
    ])
    const { findings } = JSON.parse(await readFile(join(cwd, 'packages/x86_64/lint-facts-1.0-r0.json'), 'utf8'))
    expect(Object.keys(findings)).toEqual(['opt'])
    const dependencies = (await readFile(join(cwd, 'made/deps.x86_64'), 'utf8')).trim().split('\n')
    expect(dependencies.map((line) => JSON.parse(line).name)).toEqual(['facts', 'facts-late', 'facts-empty'])
  })

  test('each package is its own origin, and the record and the SBOM tell what was asked for', async () => {
    expect(await inPackage('facts-late', '.PKGINFO')).toContain('\norigin = facts-late\n')
    const record = await inPackage('facts', '.melange.yaml')
    expect(record).toContain(
      '  timeout: 10m0s\n  resources:\n    cpu: "3"\n    cpumodel: none\n    memory: 2Gi\n    disk: 9Gi\n',
    )
    expect(record).toMatch(/\n {6}- grep=/)
    const { packages } = JSON.parse(await inPackage('facts', 'var/lib/db/sbom/facts-1.0-r0.spdx.json'))
    expect(packages).toContainEqual(expect.objectContaining({ name: 'facts.yaml', licenseDeclared: 'CC0-1.0' }))
    expect(packages[0]).toMatchObject({ name: 'unknown', supplier: 'Organization: Unknown' })
  })

  test('the cache is the host’s, what an earlier workspace left is in no package, and a workspace goes when all is well', async () => {
    expect(existsSync(join(cwd, 'cache/seen'))).toBe(true)
    expect((await execa('tar', ['-tzf', join(cwd, 'packages/x86_64/facts-1.0-r0.apk')])).stdout).not.toContain('left')
    expect(await readdir(join(cwd, 'work'))).toEqual([])
  })

  test('a cache directory that is not there is neither made nor shown to steps', async () => {
    const script = 'test ! -e /var/cache/melange/seen; mkdir -p melange-out/plain; ls -A > melange-out/plain/all'
    await writeFile(join(cwd, 'plain.yaml'), `${HEAD('plain')}pipeline:\n  - runs: ${script}\n`)
    await writeFile(join(cwd, 'src/file'), '')
    expect(await build('plain', ['--cache-dir', 'missing', '--empty-workspace'])).toMatchObject({ exitCode: 0 })
    expect(existsSync(join(cwd, 'missing'))).toBe(false)
    expect(await inPackage('plain', 'all')).toBe('melange-out')
  })

  const FAILING: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    [
      'a deadline of the command line',
      HEAD('late', '  timeout: 1h\n'),
      ['--timeout', '700ms'],
      /exceeded its timeout of 700ms/,
    ],
    ['a deadline of the recipe', HEAD('late', '  timeout: 700ms\n'), [], /exceeded its timeout of 700ms/],
    [
      'a user who is not configured',
      HEAD('late').replace('environment:\n', 'environment:\n  accounts: {run-as: nobody-here}\n'),
      [],
      /error\[RUN_AS_UNKNOWN\]/,
    ],
    ['a runner nobody knows', HEAD('late'), ['--runner', 'vm'], /error\[RUNNER_UNKNOWN\]/],
    ['a package that is not there', HEAD('late'), ['--package-append', 'no-such-package'], /no-such-package/],
    ['a file of variables that is not there', HEAD('late'), ['--vars-file', 'nowhere'], /nowhere/],
    ['an environment file that is not there', HEAD('late'), ['--env-file', 'nowhere'], /nowhere/],
    [
      'a place for packages that is a file',
      HEAD('late'),
      ['--out-dir', 'facts.yaml/sub'],
      /error\[OUT_DIR\].*facts\.yaml is not a directory/,
    ],
    ['a linter nobody knows', HEAD('late'), ['--lint-warn', 'strange'], /error\[UNKNOWN_LINTER\]/],
  ]

  test.each(FAILING)('%s ends the build, and nothing of it stays', async (_, head, flags, says) => {
    const temporary = await temporaryDirectory()
    await writeFile(join(cwd, 'late.yaml'), `${head}pipeline:\n  - runs: sleep 600\n`)
    const { exitCode, stderr } = await build('late', flags, { TMPDIR: temporary })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(says)
    expect(await readdir(temporary)).toEqual([])
    expect(await readdir(join(cwd, 'packages/x86_64'))).not.toContain('late-1.0-r0.apk')
  })

  test('environment files are ours, not those of Node: also behind -C, several in one, and when they are missing', async () => {
    const program = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
    const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
    const compile = (files: string) => {
      const args = ['-C', cwd, 'compile', 'facts.yaml', '--arch', 'x86_64', '--env-file', files]
      return execa(program, args, { cwd: '/', env: { PATH, HOME: cwd }, extendEnv: false, reject: false })
    }
    expect(JSON.parse((await compile('first.env,second.env')).stdout).environment.environment).toMatchObject({
      FROM_BOTH: 'first',
      FROM_SECOND: 'second',
    })
    expect(await compile('nowhere')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('error[') })
  })

  test('of two architectures one fails: the packages of the other are there, and the failure is told', async () => {
    await writeFile(join(cwd, 'both.yaml'), `${HEAD('both')}pipeline:\n  - runs: 'true'\n`)
    const args = [
      'build',
      'both.yaml',
      '--arch',
      'x86_64,riscv64',
      '--source-dir',
      'src',
      '--out-dir',
      'two',
      ...TOOLCHAIN_FLAGS,
    ]
    const { exitCode, stderr } = await ours('melange-ts', args, { cwd })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('riscv64')
    expect(await readdir(join(cwd, 'two'))).toEqual(['x86_64'])
    expect((await readdir(join(cwd, 'two/x86_64'))).sort()).toEqual(['APKINDEX.tar.gz', 'both-1.0-r0.apk'])
  })

  test('an architecture that the recipe is not for is passed over', async () => {
    await writeFile(
      join(cwd, 'other.yaml'),
      `${HEAD('other', '  target-architecture: [s390x]\n')}pipeline:\n  - runs: exit 1\n`,
    )
    const { stderr } = await oursFine('melange-ts', ['build', 'other.yaml', '--arch', 'x86_64', '--out-dir', 'none'], {
      cwd,
    })
    expect(stderr).toContain('nothing was done')
    expect(existsSync(join(cwd, 'none'))).toBe(false)
  })
})
