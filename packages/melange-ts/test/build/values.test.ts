import { silentLog } from '@apkts/diagnostics'
import { SandboxError } from '@apkts/sandbox'
import { describe, expect, test } from 'vitest'
import { chosenArchs, forEachArch } from '../../src/build/archs.ts'
import { BuildError, buildDate } from '../../src/build/index.ts'
import { cpeText, extractLicenses } from '../../src/build/package-sbom.ts'
import { guestUser } from '../../src/build/run-as.ts'
import { RecipeError } from '../../src/recipe/error.ts'

describe('the build date', () => {
  const date = (epoch: string | undefined, flag: string) => buildDate({ epoch, flag, log: silentLog })

  test.each([
    ['1700000000', '2020-01-01T00:00:00Z', { seconds: 1700000000, nanos: 0, offset: 0 }],
    [undefined, '2020-02-03T04:05:06.789+02:00', { seconds: 1580695506, nanos: 789_000_000, offset: 120 }],
    ['+5', '', { seconds: 5, nanos: 0, offset: 0 }],
    [undefined, '', { seconds: 0, nanos: 0, offset: 0 }],
    ['', '', { seconds: 0, nanos: 0, offset: 0 }],
  ])('from SOURCE_DATE_EPOCH %j and --build-date %j', (epoch, flag, expected) => {
    expect(date(epoch, flag)).toEqual(expected)
  })

  test.each([
    ['soon', ''],
    [undefined, 'yesterday'],
  ])('refuses %j and %j', (epoch, flag) => {
    expect(() => date(epoch, flag)).toThrow(expect.objectContaining({ code: 'BUILD_DATE' }))
  })
})

describe('the user of a guest', () => {
  const users = [{ userName: 'build', uid: 1000, gid: 1001, shell: '', homeDir: '' }]
  test.each([
    ['', undefined],
    ['root', { uid: 0 }],
    ['0', { uid: 0 }],
    ['build', { uid: 1000, gid: 1001 }],
    ['1000', { uid: 1000, gid: 1001 }],
  ])('for run-as %j', (runAs, expected) => expect(guestUser({ runAs, users, groups: [] })).toEqual(expected))

  test('must be configured', () => {
    expect(() => guestUser({ runAs: 'nobody', users, groups: [] })).toThrow(
      expect.objectContaining({ code: 'RUN_AS_UNKNOWN', hint: 'known are build' }),
    )
  })
})

describe('architectures', () => {
  test('of nothing and of all are all nine', () => {
    expect(chosenArchs([])).toEqual(chosenArchs(['all']))
    expect(chosenArchs([])).toHaveLength(9)
  })

  test('may be spelled either way and are built once', () => {
    expect(chosenArchs(['amd64', 'x86_64', 'arm64'])).toEqual(['x86_64', 'aarch64'])
  })

  const options = { sequential: false, log: silentLog }

  test('that a recipe excludes are passed over', async () => {
    const results = await forEachArch(['x86_64', 's390x'], options, async (arch) => {
      if (arch === 's390x') throw new RecipeError('SKIPPED_ARCH', 'not for it')
      return arch
    })
    expect(results).toEqual(['x86_64'])
  })

  test('fail together, and one does not stop the others', async () => {
    const finished: string[] = []
    const run = forEachArch(['a', 'b', 'c'], options, async (arch) => {
      if (arch !== 'b') throw new BuildError('STEP_FAILED', arch)
      finished.push(arch)
    })
    await expect(run).rejects.toMatchObject({ problems: [{ message: 'a' }, { message: 'c' }] })
    expect(finished).toEqual(['b'])
  })

  test('that this machine cannot run are one error', async () => {
    const run = forEachArch(['a', 'b', 'c'], options, async (arch) => {
      if (arch === 'b') throw new BuildError('STEP_FAILED', arch)
      throw new SandboxError('EMULATION_MISSING', `not ${arch}`, { notes: [`no qemu-${arch}`], hint: 'register one' })
    })
    await expect(run).rejects.toMatchObject({
      problems: [
        { message: 'b' },
        {
          code: 'EMULATION_MISSING',
          message: 'this machine cannot run programs for a, c',
          notes: ['no qemu-a', 'no qemu-c'],
          hint: 'register one',
        },
      ],
    })
  })
})

const NO_CPE = {
  part: '',
  vendor: '',
  product: '',
  edition: '',
  language: '',
  swEdition: '',
  targetSw: '',
  targetHw: '',
  other: '',
}

test('a CPE names the application, with stars for what is not said', () => {
  expect(cpeText({ ...NO_CPE, vendor: 'acme', product: 'widget' }, '1.2.3')).toBe(
    'cpe:2.3:a:acme:widget:1.2.3:*:*:*:*:*:*:*',
  )
  expect(cpeText({ ...NO_CPE, part: 'o', vendor: 'v', product: 'p', targetSw: 'linux' }, '1')).toBe(
    'cpe:2.3:o:v:p:1:*:*:*:*:linux:*:*',
  )
  expect(cpeText(NO_CPE, '1')).toBe('')
})

test('texts of licences come from their files, and of unknown ones from their names', async () => {
  const entry = { paths: [], attestation: '', detectionOverride: '', licensePath: '' }
  const copyright = [
    { ...entry, license: 'MIT' },
    { ...entry, license: 'Apache-2.0', licensePath: 'LICENSE' },
    { ...entry, license: 'My Own' },
    { ...entry, license: 'LicenseRef-known' },
  ]
  expect(await extractLicenses(copyright, async (path) => `text of ${path}`)).toEqual([
    { licenseId: 'Apache-2.0', extractedText: 'text of LICENSE' },
    { licenseId: 'LicenseRef-My-Own', extractedText: 'Non-SPDX License: My Own' },
    { licenseId: 'LicenseRef-known', extractedText: 'Non-SPDX License: LicenseRef-known' },
  ])
})
