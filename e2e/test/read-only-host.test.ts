import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const RECIPE = `package:
  name: quiet
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: touch /outside-of-the-workspace /tmp/temporary
  - runs: |
      test ! -e pipe
      mkdir -p \${{targets.destdir}}/usr
      cp source.txt \${{targets.destdir}}/usr
test:
  environment:
    contents:
      packages: [bash, busybox]
  pipeline:
    - runs: touch /there; test -f /usr/source.txt
`

// Everything but the working directory becomes read-only, for this command alone.
const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && cd "$1" && shift && exec "$@"'

const alone = process.getuid?.() === 0 && (await canRemount())
const reason = cannotBuild ? why : alone ? '' : ' (skipped: mounts cannot be changed here)'

describe.skipIf(cannotBuild || !alone)(`on a host that is read-only but for one directory${reason}`, () => {
  let cwd: string

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    for (const name of ['src', 'tmp']) await mkdir(join(cwd, name))
    await writeFile(join(cwd, 'src/source.txt'), 'text\n')
    await execa('mkfifo', [join(cwd, 'src/pipe')])
    await writeFile(join(cwd, 'quiet.yaml'), RECIPE)
    await writeFile(join(cwd, 'failing.yaml'), RECIPE.replace('test ! -e pipe', 'exit 3'))
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
  })

  const WHERE = ['--arch', 'x86_64', ...TOOLCHAIN_FLAGS]
  const OUT = ['--source-dir', 'src', '--out-dir', 'packages', '--signing-key', 'own.rsa']
  const OWN = ['--repository-append', 'packages', '--keyring-append', 'own.rsa.pub']

  test.each([
    ['builds, a pipe among its sources', ['build', 'quiet.yaml', ...WHERE, ...OUT], 0],
    ['fails, and keeps what it needs to go on', ['build', 'failing.yaml', ...WHERE, ...OUT], 1],
    ['tests', ['test', 'quiet.yaml', ...WHERE, ...OWN], 0],
  ])('%s', async (_, args, exitCode) => {
    const result = await run(args)
    expect({ exitCode: result.exitCode, text: result.stderr }).toMatchObject({ exitCode })
    expect(result.stderr).not.toContain('EROFS')
    if (exitCode === 1) expect(result.stderr).toContain('--from-step 2')
  })

  test('leaves nothing among temporary files', async () => {
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
  })

  function run(args: readonly string[]) {
    const bin = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
    const command = ['-c', READ_ONLY, 'sh', cwd, process.execPath, bin, ...args]
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, TMPDIR: join(cwd, 'tmp') }
    return execa('unshare', ['--mount', '--propagation', 'private', 'sh', ...command], {
      env,
      extendEnv: false,
      reject: false,
    })
  }
})

async function canRemount(): Promise<boolean> {
  const script = `${READ_ONLY.slice(0, READ_ONLY.indexOf(' && cd'))} && ! touch /etc/hostname-probe 2>/dev/null`
  const { exitCode } = await execa(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', '/tmp'],
    {
      reject: false,
    },
  )
  return exitCode === 0
}
