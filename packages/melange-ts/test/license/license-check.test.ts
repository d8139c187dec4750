import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { GLOBAL_OPTIONS, parseOptions } from '@apkts/diagnostics/cli'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { licenseCheckCommand } from '../../src/cli/license-check.ts'
import { withCopyright } from '../../src/license/index.ts'

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
THE SOFTWARE IS PROVIDED "AS IS"`
const ZLIB = `provided 'as-is', without any express or implied warranty. altered source versions must be plainly marked`

let place: string
let server: Server
let archive: Buffer

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'license-check-'))
  await mkdir(join(place, 'src-1/a/b'), { recursive: true })
  await writeFile(join(place, 'src-1/LICENSE'), MIT)
  await writeFile(join(place, 'src-1/a/b/COPYING'), ZLIB)
  await symlink('/etc', join(place, 'src-1/etc'))
  await execa('tar', ['-czf', 'src.tar.gz', 'src-1'], { cwd: place })
  archive = await readFile(join(place, 'src.tar.gz'))
  server = createServer((_request, response) => response.end(archive)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(place, { recursive: true })
})

async function check(...argv: string[]) {
  const { args, options } = parseOptions(argv, [...licenseCheckCommand.options, ...GLOBAL_OPTIONS])
  let printed = ''
  const warnings: string[] = []
  const { run } = await licenseCheckCommand.load()
  await run({
    args,
    options,
    env: {},
    log: { ...silentLog, warn: (message) => void warnings.push(message) },
    signal: new AbortController().signal,
    version: '0',
    debug: false,
    print: (text) => {
      printed += text
    },
  })
  return { printed, warnings }
}

async function recipe(steps: string, copyright = 'copyright: [{license: Zlib}]'): Promise<string> {
  const file = join(place, 'hello.yaml')
  await writeFile(file, `package:\n  name: hello\n  version: "1" # one\n  ${copyright}\n\npipeline:\n${steps}`)
  return file
}

function fetchStep(more = ''): string {
  const { port } = server.address() as AddressInfo
  const sum = createHash('sha256').update(archive).digest('hex')
  return `  - uses: fetch\n    with:\n      uri: http://127.0.0.1:${port}/src.tar.gz\n      expected-sha256: ${sum}\n${more}`
}

describe('license-check', () => {
  test('fetches the sources of a recipe and says where they differ from it', async () => {
    expect(await check(await recipe(fetchStep()))).toEqual({
      printed: 'LICENSE: MIT\n',
      warnings: ['LICENSE looks like MIT, which the recipe does not name'],
    })
  })

  test.each([
    [
      'flat',
      '    - license: MIT\n      license-path: "LICENSE"\n    - license: Zlib\n      license-path: "a/b/COPYING"\n',
    ],
    ['simple', '    - license: MIT AND Zlib\n'],
  ])('--fix --format %s rewrites the copyright and nothing else', async (format, entries) => {
    const file = await recipe(fetchStep(), 'copyright:\n    - license: BSD-2-Clause # wrong\n  url: x')
    await check(file, '--fix', '--format', format, '--scan-type', 'deep')
    expect(await readFile(file, 'utf8')).toBe(
      `package:\n  name: hello\n  version: "1" # one\n  copyright:\n${entries}  url: x\n\npipeline:\n${fetchStep()}`,
    )
  })

  test('a directory is looked at as it is', async () => {
    expect((await check(join(place, 'src-1'), '--scan-type', 'deep')).printed).toBe('LICENSE: MIT\na/b/COPYING: Zlib\n')
  })

  test.each([
    ['a wrong checksum', () => fetchStep().replace(/sha256: .*/, `sha256: ${'0'.repeat(64)}`), 'SOURCE_CHECKSUM'],
    ['a file of this machine as source', () => fetchStep().replace(/uri: .*/, 'uri: /etc/passwd'), 'SOURCE_INPUT'],
    ['a directory outside', () => fetchStep('      directory: ../..\n'), 'SOURCE_PATH'],
    ['an absolute directory', () => fetchStep('      directory: /tmp/owned\n'), 'SOURCE_PATH'],
    ['a directory behind a link', () => fetchStep() + fetchStep('      directory: etc\n'), 'SOURCE_PATH'],
    ['an option as number', () => fetchStep('      strip-components: "1 --to-command=sh"\n'), 'SOURCE_INPUT'],
    [
      'a working directory outside',
      () => `${fetchStep()}    working-directory: /home/build/../../tmp\n`,
      'SOURCE_PATH',
    ],
    ['a working directory elsewhere', () => `${fetchStep()}    working-directory: /etc\n`, 'SOURCE_PATH'],
  ])('refuses %s', async (_what, steps, code) => {
    await expect(check(await recipe(steps()))).rejects.toMatchObject({ code })
  })

  test.each(['../secret', '/etc/passwd', 'etc/passwd'])('never reads the licence path %s', async (path) => {
    const copyright = `copyright: [{license: MIT, license-path: "${path}"}]`
    await expect(check(await recipe(fetchStep(), copyright))).rejects.toMatchObject({ code: 'LICENSE_FILE' })
  })

  test('the kind of scan is checked first', async () => {
    await expect(check('gone.yaml', '--scan-type', 'wide')).rejects.toMatchObject({ code: 'FLAG_VALUE' })
  })
})

test('a recipe without copyright gets one', () => {
  const text = 'package:\n    name: a\n    version: 1\nvars: {}\n'
  const fixed = 'package:\n    name: a\n    version: 1\n    copyright:\n      - license: MIT\nvars: {}\n'
  expect(withCopyright(text, [{ path: 'x', license: 'MIT' }], 'simple')).toBe(fixed)
})
