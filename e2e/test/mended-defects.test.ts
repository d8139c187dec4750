import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const RECIPE = `package:
  name: mended
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT OR ISC
    - license: Zeta Own
    - license: Alpha Own
environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: |
      mkdir -p melange-out/mended/usr/bin
      printf '#!/bin/sh\\n' > melange-out/mended/usr/bin/mended
      chmod 755 melange-out/mended/usr/bin/mended
      find . -type f -o -type p | sort > melange-out/mended/seen
subpackages:
  - name: mended-more
    if: \${{build.arch}} == 'x86_64'
    setcap:
      - path: /usr/bin/ping
        add:
          cap_net_raw: "+ep"
        reason: to ping
    pipeline:
      - runs: mkdir -p melange-out/mended-more/usr/bin; echo > melange-out/mended-more/usr/bin/ping
`

const MINIMAL = (name: string, more: string, runs: string, rest = '') => `package:
  name: ${name}
  version: "1.0"
  epoch: 0
${more}environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: ${runs}
${rest}`

describe.skipIf(cannotBuild)(`defects of the original that are mended${why}`, () => {
  let cwd: string
  const apk = (name: string): string => `out/x86_64/${name}-1.0-r0.apk`

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    await mkdir(join(cwd, 'src'))
    await mkdir(join(cwd, 'tmp'))
    await writeFile(join(cwd, 'mended.yaml'), RECIPE)
    await writeFile(join(cwd, 'src/file'), 'text')
    await oursFine('melange-ts', ['keygen', 'src/own.rsa'], { cwd })
    await execa('mkfifo', [join(cwd, 'src/pipe')])
    const extra = ['--generate-provenance', '--dependency-log', 'deps', '--signing-key', 'src/own.rsa']
    const { exitCode, stderr } = await build('mended.yaml', extra)
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  function build(recipe: string, extra: readonly string[] = []): Promise<Outcome> {
    const where = ['--arch', 'x86_64', '--source-dir', 'src', '--out-dir', 'out', ...TOOLCHAIN_FLAGS]
    const env = { TZ: 'America/New_York', TMPDIR: join(cwd, 'tmp') }
    return ours('melange-ts', ['build', recipe, ...where, ...extra], { cwd, env })
  }

  async function inPackage(name: string, path: string): Promise<string> {
    return (await execa('tar', ['-xzOf', join(cwd, apk(name)), path])).stdout
  }

  async function sbom(): Promise<Record<string, never>> {
    return JSON.parse(await inPackage('mended', 'var/lib/db/sbom/mended-1.0-r0.spdx.json'))
  }

  test('conditions of subpackages know their variables, and setcap of a subpackage is applied', async () => {
    const { stdout } = await execa(
      'sh',
      ['-c', `gzip -dc ${apk('mended-more')} | grep -a -c SCHILY.xattr.security.capability=`],
      { cwd },
    )
    expect(stdout).toBe('1')
  })

  test('alternatives among several licences keep their grouping, and extracted texts come in the order of the recipe', async () => {
    const document = (await sbom()) as unknown as {
      packages: { licenseDeclared?: string }[]
      hasExtractedLicensingInfos: { licenseId: string }[]
    }
    const expected = '(MIT OR ISC) AND LicenseRef-Zeta-Own AND LicenseRef-Alpha-Own'
    expect(document.packages.map(({ licenseDeclared }) => licenseDeclared)).toContain(expected)
    expect(document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId)).toEqual([
      'LicenseRef-Zeta-Own',
      'LicenseRef-Alpha-Own',
    ])
  })

  test('dates are in UTC, wherever the builder lives', async () => {
    const document = (await sbom()) as unknown as { creationInfo: { created: string } }
    expect(document.creationInfo.created).toBe('1970-01-01T00:00:00Z')
  })

  test('the workspace has neither the signing key nor a FIFO that nobody writes to', async () => {
    const seen = (await inPackage('mended', 'seen')).split('\n')
    expect(seen).toContain('./file')
    expect(seen.filter((path) => /own\.rsa$|pipe/.test(path))).toEqual([])
  })

  test('the log of dependencies has a line for each package', async () => {
    const lines = (await readFile(join(cwd, 'deps.x86_64'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(['mended', 'mended-more'])
  })

  test('provenance is an in-toto statement about the package file, with what it was built from', async () => {
    const file = join(cwd, apk('mended').replace(/apk$/, 'attest.tar.gz'))
    const { stdout } = await execa('tar', ['-xzOf', file, 'mended-1.0-r0.attestation'])
    const statement = JSON.parse(stdout)
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [{ name: 'mended-1.0-r0.apk', digest: { sha256: sha256Hex(await readFile(join(cwd, apk('mended')))) } }],
    })
    const { resolvedDependencies, externalParameters } = statement.predicate.buildDefinition
    expect(resolvedDependencies.map(({ uri }: { uri: string }) => uri)).toContainEqual(
      expect.stringMatching(/^pkg:apk\/bash@/),
    )
    expect(externalParameters['package-configuration'].package.name).toBe('mended')
  })

  test('a linter that one package makes a warning stays required for the next', async () => {
    const checks = '  checks:\n    disabled: [usrmerge]\n'
    const steps = "'mkdir -p melange-out/one/bin; echo > melange-out/one/bin/x'"
    const other =
      'subpackages:\n  - name: two\n    pipeline:\n      - runs: mkdir -p melange-out/two/bin; echo > melange-out/two/bin/y\n'
    await writeFile(join(cwd, 'one.yaml'), MINIMAL('one', checks, steps, other))
    const { exitCode, stderr } = await build('one.yaml')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('package two did not pass its linters')
    expect(stderr).not.toContain('package one did not pass')
    expect(await readdir(join(cwd, 'out/x86_64'))).not.toContain('one-1.0-r0.apk')
  })

  test('findings are told as SARIF on standard output, and still fail', async () => {
    const bad = "'mkdir -p melange-out/bad/opt; touch melange-out/bad/opt/x; chmod 666 melange-out/bad/opt/x'"
    await writeFile(join(cwd, 'bad.yaml'), MINIMAL('bad', '', bad))
    expect((await build('bad.yaml', ['--lint-require', ''])).exitCode).toBe(0)
    const { exitCode, stdout, stderr } = await ours('melange-ts', ['lint', '--format', 'sarif', apk('bad')], { cwd })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[LINT_FAILED]')
    const { results } = JSON.parse(stdout).runs[0]
    expect(results.map(({ ruleId, level }: { ruleId: string; level: string }) => `${ruleId} ${level}`)).toEqual([
      'opt warning',
      'worldwrite error',
    ])
  })

  test.each([
    ['description', '  description: "fine\\ndepend = forged\\n"\n'],
    ['dependency', '  dependencies:\n    runtime: ["a\\ndepend = forged"]\n'],
  ])('a line break in a %s forges nothing', async (_, more) => {
    await writeFile(join(cwd, 'forged.yaml'), MINIMAL('forged', more, "'true'"))
    const { exitCode, stderr } = await build('forged.yaml')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[[A-Z_]+\]/)
    expect(await readdir(join(cwd, 'out/x86_64'))).not.toContain('forged-1.0-r0.apk')
  })

  test('failed builds leave their logs, and neither guests nor workspaces', async () => {
    await writeFile(join(cwd, 'failing.yaml'), MINIMAL('failing', '', 'exit 7'))
    const { exitCode, stderr } = await build('failing.yaml')
    expect(exitCode).toBe(1)
    const log = /full log: (.*)/.exec(stderr)?.[1] ?? 'none'
    expect(existsSync(resolve(cwd, log))).toBe(true)
    const left = await readdir(join(cwd, 'tmp'))
    expect(left.filter((name) => !name.endsWith('.log'))).toEqual([])
  })
})
