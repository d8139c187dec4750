import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

interface Tests {
  /** Lines of the main test's script. */
  readonly main?: string
  /** The same of the subpackages. */
  readonly one?: string
  readonly two?: string
  /** Lines of the main test's environment besides its packages. */
  readonly environment?: string
  /** Lines of the package section. */
  readonly more?: string
}

const PACKAGES = 'contents: {packages: [bash, busybox, coreutils]}'

function recipe({ main = 'true', one = 'true', two = 'true', environment = '', more = '' }: Tests): string {
  const script = (text: string, indent: string) => `- runs: |\n${text.replaceAll(/^/gm, `${indent}    `)}\n`
  const subpackage = (name: string, text: string) => `  - name: tested-${name}
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/etc && echo ${name} > \${{targets.contextdir}}/etc/${name}
    test:
      environment: {${PACKAGES}}
      pipeline:
        ${script(text, '        ')}`
  return `package:
  name: tested
  version: "1.0"
  epoch: 0
${more}environment:
  ${PACKAGES}
  environment: {OWN: recipe, SHARED: recipe}
pipeline:
  - runs: mkdir -p \${{targets.destdir}}/etc && echo main > \${{targets.destdir}}/etc/main
subpackages:
${subpackage('one', one)}${subpackage('two', two)}test:
  environment:
    ${PACKAGES}
${environment}  pipeline:
    ${script(main, '    ')}`
}

const FINE: readonly (readonly [string, Tests, readonly string[]])[] = [
  [
    'the variables of the recipe, then of the test, and neither the date of a build nor those of the host',
    {
      environment: '    environment: {OWN: test}\n',
      main: 'test "$OWN $SHARED $HOME" = "test recipe /home/build"; test -z "$SOURCE_DATE_EPOCH$HOST_ONLY"',
    },
    [],
  ],
  [
    'one workspace, but an environment for each package, and nothing of the sources unless asked for',
    {
      main: 'test -e /etc/main; test ! -e /etc/one; test ! -e kept.o; test ! -e tested.yaml; touch left /left',
      one: 'test -e /etc/one; test -e left; test ! -e /left',
    },
    [],
  ],
  [
    'the source directory, whatever its ignore file says, and further packages',
    { main: 'test -e kept.o; command -v grep' },
    [
      ...['--source-dir', 'src', '--test-package-append', 'grep'],
      // What the original accepts without effect.
      ...['--test-option', 'x', '--cpu', '2', '--memory', '1Gi', '--debug-runner', '--cache-source', 'nowhere'],
    ],
  ],
  [
    'the user of the test',
    {
      environment:
        '    accounts: {run-as: tester, users: [{username: tester, uid: 1234, gid: 1234}], groups: [{groupname: tester, gid: 1234}]}\n',
      main: 'test "$(id -u)" = 1234',
    },
    [],
  ],
  [
    'nothing for architectures that the recipe is not for',
    { main: 'exit 1', more: '  target-architecture: [s390x]\n' },
    [],
  ],
]

describe.skipIf(cannotBuild)(`tests of a recipe${why}`, () => {
  let cwd: string

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    for (const name of ['src', 'tmp']) await mkdir(join(cwd, name))
    await writeFile(join(cwd, 'src/kept.o'), '')
    await writeFile(join(cwd, 'src/.melangeignore'), '*.o\n')
    await writeFile(join(cwd, 'tested.yaml'), recipe({}))
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
    const where = ['--arch', 'x86_64', '--empty-workspace', '--out-dir', 'packages', '--signing-key', 'own.rsa']
    await oursFine('melange-ts', ['build', 'tested.yaml', ...where, ...TOOLCHAIN_FLAGS], { cwd })
  })

  async function run(tests: Tests, flags: readonly string[]): Promise<Outcome> {
    await writeFile(join(cwd, 'tested.yaml'), recipe(tests))
    const repositories = ['-r', 'packages', '-k', 'own.rsa.pub', ...TOOLCHAIN_FLAGS]
    const args = ['test', 'tested.yaml', 'tested=1.0-r0', '--arch', 'x86_64', ...repositories, ...flags]
    return ours('melange-ts', args, { cwd, env: { TMPDIR: join(cwd, 'tmp'), HOST_ONLY: 'never passed' } })
  }

  test.each(FINE)('see %s', async (_, tests, flags) => {
    const { exitCode, stderr } = await run(tests, flags)
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
  })

  test('end with the first that fails', async () => {
    const { exitCode, stderr } = await run({ main: 'exit 3', one: 'exit 4' }, [])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[STEP_FAILED\]: .* of package tested ended with exit status 3\n/)
    expect(stderr).not.toContain('tested-one')
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
  })

  test('all run with --keep-going, and each failure is told', async () => {
    const { exitCode, stderr } = await run({ main: 'exit 3', two: 'exit 5' }, ['--keep-going'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[STEP_FAILED\]: .* of package tested ended with exit status 3\n/)
    expect(stderr).toContain('tests of tested-one passed')
    expect(stderr).toMatch(/error\[STEP_FAILED\]: .* of package tested-two ended with exit status 5\n/)
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
  })

  test.each([
    ['a deadline', { main: 'sleep 600' }, ['--timeout', '1s'], /error\[TIMEOUT\].*1s/],
    ['a version that is not there', {}, ['--test-package-append', 'tested=9'], /tested=9/],
  ])('end with %s, and nothing stays', async (_, tests, flags, says) => {
    const { exitCode, stderr } = await run(tests, flags)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(says)
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
  })

  test('need a shell, and say so', async () => {
    await writeFile(
      join(cwd, 'bare.yaml'),
      recipe({}).replace(
        `test:\n  environment:\n    ${PACKAGES}`,
        'test:\n  environment:\n    contents: {packages: []}',
      ),
    )
    const repositories = ['-r', 'packages', '-k', 'own.rsa.pub', ...TOOLCHAIN_FLAGS]
    const bare = await ours('melange-ts', ['test', 'bare.yaml', '--arch', 'x86_64', ...repositories], { cwd })
    expect(bare).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('error[NO_SHELL]') })
  })
})
