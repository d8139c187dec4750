import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const TOKEN = 'tok-8c1f94d2e0'

function recipe(name: string, steps: string, more = ''): string {
  return `package:
  name: ${name}
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
${more}environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
${steps}`
}

describe.skipIf(cannotBuild)(`closed builds${why}`, () => {
  let cwd: string
  let server: Server
  let asked: string[] = []
  let address: string

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('source text\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = (server.address() as { port: number }).port
    address = `127.0.0.1:${port}`
  })
  afterAll(() => void server.close())

  async function build(name: string, text: string, flags: readonly string[]): Promise<Outcome> {
    await writeFile(join(cwd, `${name}.yaml`), text)
    const args = [
      'build',
      `${name}.yaml`,
      '--arch',
      'x86_64',
      '--empty-workspace',
      '--out-dir',
      'out',
      ...TOOLCHAIN_FLAGS,
    ]
    return ours('melange-ts', [...args, ...flags], { cwd, env: { TMPDIR: cwd } })
  }

  const connects = (): string =>
    `  - runs: |\n      if (echo > /dev/tcp/${address.replace(':', '/')}) 2> /dev/null; then echo CONNECTED; else echo CUT OFF; fi\n`

  test.each<[string[], string, string]>([
    [[], '', 'CONNECTED'],
    [['--network', 'build'], '', 'CONNECTED'],
    [['--network', 'none'], '', 'CUT OFF'],
    [['--network', 'none', '--network', 'net=build'], '', 'CONNECTED'],
    [[], '  annotations:\n    melange-ts/network: none\n', 'CUT OFF'],
  ])('steps with %j %s are %s', async (flags, more, expected) => {
    const { exitCode, stderr } = await build('net', recipe('net', connects(), more), flags)
    expect({ exitCode, said: /CONNECTED|CUT OFF/.exec(stderr)?.[0] }).toEqual({ exitCode: 0, said: expected })
  })

  test('tests are cut off where only builds are open, and have secrets, too', async () => {
    await writeFile(join(cwd, 'token.txt'), `${TOKEN}\n`)
    const steps = `${connects()}  - runs: test -s /run/secrets/token && echo "it is $(cat /run/secrets/token)"\n`
    const tested = `test:\n  environment:\n    contents:\n      packages: [bash, busybox, coreutils]\n  pipeline:\n${steps.replaceAll(/^/gm, '  ')}`
    expect((await build('tested', recipe('tested', "  - runs: 'true'\n") + tested.trimEnd(), [])).exitCode).toBe(0)
    const args = ['test', 'tested.yaml', '--arch', 'x86_64', '-r', 'out', '--ignore-signatures', ...TOOLCHAIN_FLAGS]
    for (const [mode, expected] of [
      ['full', 'CONNECTED'],
      ['build', 'CUT OFF'],
    ] as const) {
      const flags = ['--network', mode, '--secret', 'id=token,src=token.txt']
      const { exitCode, stderr } = await ours('melange-ts', [...args, ...flags], { cwd, env: { TMPDIR: cwd } })
      expect({ exitCode, said: /CONNECTED|CUT OFF/.exec(stderr)?.[0] }).toEqual({ exitCode: 0, said: expected })
      expect(stderr).toContain('it is [secret token]')
      expect(stderr).not.toContain(TOKEN)
    }
  })

  test('the host fetches what steps cannot, by its checksum', async () => {
    const fetch = `  - uses: fetch\n    with:\n      uri: http://${address}/source.txt\n      extract: false\n`
    const pinned = `${fetch}      expected-sha256: ${sha256Hex(Buffer.from('source text\n'))}\n`
    const copy = '  - runs: |\n      mkdir -p melange-out/src\n      cp source.txt melange-out/src/\n'
    // The pipeline asks for the program, which is never run.
    await build('wget', recipe('wget', "  - runs: 'true'\n"), [])
    const flags = ['--network', 'none', '--repository-append', 'out', '--ignore-signatures']
    asked = []

    const fine = await build('src', recipe('src', pinned + copy), flags)
    expect({ exitCode: fine.exitCode, stderr: fine.exitCode === 0 ? '' : fine.stderr }).toEqual({
      exitCode: 0,
      stderr: '',
    })
    expect(asked).toEqual(['/source.txt'])
    const { stdout } = await execa('tar', ['-xzOf', join(cwd, 'out/x86_64/src-1.0-r0.apk'), 'source.txt'])
    expect(stdout).toBe('source text')

    const refused = await build('loose', recipe('loose', `${fetch}      expected-none: 'yes'\n${copy}`), flags)
    expect(refused.stderr).toContain('error[SOURCE_UNPINNED]')
    expect(refused.stderr).toContain('loose.yaml:11')
    const wrong = pinned.replace(/sha256: ../, 'sha256: 00')
    expect((await build('wrong', recipe('wrong', wrong + copy), flags)).stderr).toContain('error[CHECKSUM]')
  })

  describe('a secret', () => {
    const SECRET = ['--secret', 'id=token,src=token.txt']
    beforeAll(() => writeFile(join(cwd, 'token.txt'), `${TOKEN}\n`))

    test('is there for the steps that name it, for nobody else, and in nothing that is written', async () => {
      const steps = `  - runs: |
      test "$(cat /run/secrets/token)" = "$(printf 'tok-%s' 8c1f94d2e0)"
      echo "the token is $(cat /run/secrets/token)"
      mkdir -p melange-out/use; : > melange-out/use/made
  - runs: |
      for d in /run/secret*; do test -z "$(ls -A $d 2>/dev/null)"; done
      if env | grep tok-; then exit 1; fi
`
      const { exitCode, stderr } = await build('use', recipe('use', steps), SECRET)
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stderr).toContain('the token is [secret token]')
      expect(stderr).not.toContain(TOKEN)
      for (const file of await readdir(cwd, { recursive: true, withFileTypes: true })) {
        if (!file.isFile() || file.name === 'token.txt') continue
        expect((await readFile(join(file.parentPath, file.name))).includes(TOKEN)).toBe(false)
      }
    })

    test('in a package fails the build, whichever way it went there; the failure does not tell it', async () => {
      const leak =
        '  - runs: |\n      mkdir -p melange-out/leak/etc\n      cp /run/secrets/token melange-out/leak/etc/conf\n'
      const { exitCode, stderr } = await build('leak', recipe('leak', leak), SECRET)
      expect(exitCode).toBe(1)
      expect(stderr).toContain('error[SECRET_LEAK]')
      expect(stderr).toContain('token is in leak: etc/conf')
      expect(stderr).not.toContain(TOKEN)
      expect(await readdir(join(cwd, 'out/x86_64'))).not.toContain('leak-1.0-r0.apk')
    })
  })
})
