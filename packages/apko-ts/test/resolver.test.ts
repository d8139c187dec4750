import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writePlainIndex } from './support/plain-index.ts'
import { run } from './support/program.ts'

let directory = ''

const RECORDS = [
  'foo-1.0-r0',
  'foo-2.0-r0',
  'zed-1.0-r0 D:foo=1.0-r0',
  'app-1.0-r0 D:lib=1.0-r0',
  'app-2.0-r0 D:lib=2.0-r0',
  'lib-1.0-r0',
  'old-1.0-r0 D:lib<2',
  'new-1.0-r0 D:lib>=2',
  'lib-2.0-r0',
  'lib-3.0-r0',
]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resolver-'))
  await writePlainIndex(directory, 'x86_64', RECORDS)
  await writePlainIndex(join(directory, 'alpine'), 'x86_64', ['apk-tools-1-r0 D:so:libc.musl-x86_64.so.1'])
  await writePlainIndex(join(directory, 'wolfi'), 'x86_64', ['bash-1-r0 D:so:libc.so.6'])
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function explain(packages: readonly string[], ...flags: string[]) {
  const config = join(directory, 'image.yaml')
  const list = packages.map((name) => `    - "${name}"\n`).join('')
  await writeFile(config, `contents:\n  repositories: [${directory}]\n  packages:\n${list}archs: [amd64]\n`)
  const ran = await run('explain', config, '--ignore-signatures', '--cache-dir', join(directory, 'cache'), ...flags)
  return { ...ran, out: ran.out.replaceAll(directory, '.'), err: ran.err.replaceAll(directory, '.') }
}

describe('--resolver', () => {
  test('compatible warns of packages that do not fit together and names the switch', async () => {
    const { status, err } = await explain(['foo', 'zed'])
    expect(status).toBe(0)
    expect(err).toContain('zed-1.0-r0 needs "foo=1.0-r0", but only foo-2.0-r0 is installed')
    expect(err).toContain('pass --resolver complete')
  })

  test('complete finds packages that do', async () => {
    const { status, out, err } = await explain(['foo', 'zed'], '--resolver', 'complete')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('foo-1.0-r0')
  })

  test('compatible names the switch when it fails although there is a solution', async () => {
    const { status, err } = await explain(['app', '!foo'])
    expect(status).toBe(1)
    expect(err).toContain('hint: a consistent set of 2 packages exists: pass --resolver complete')
  })

  test.each([[], ['--resolver', 'complete']])(
    'an unsatisfiable world shows the smallest conflict with its places %#',
    async (...flags) => {
      const { status, err } = await explain(['foo', 'old', 'new'], ...flags)
      expect(status).toBe(1)
      expect(err).toContain('error[UNSATISFIABLE]: these constraints cannot hold together')
      expect(err).toContain('./image.yaml:5:7 asks for "old" → only old-1.0-r0')
      expect(err).toContain('./image.yaml:6:7 asks for "new" → only new-1.0-r0')
      expect(err).toContain('old-1.0-r0 (.) needs "lib<2"')
      expect(err).not.toContain('foo')
    },
  )

  test('another name is refused', async () => {
    const { status, err } = await explain(['foo'], '--resolver', 'complet')
    expect(status).toBe(1)
    expect(err).toContain('did you mean "complete"')
  })
})

describe('repositories for different C libraries', () => {
  const both = () => ['-r', join(directory, 'alpine'), '-r', join(directory, 'wolfi')]
  const MIXTURE = 'repositories for different C libraries: ./alpine for musl (Alpine), ./wolfi for glibc (Wolfi)'

  test('are warned of', async () => {
    const { status, err } = await explain(['foo'], ...both())
    expect(status).toBe(0)
    expect(err).toContain(`WARN x86_64: ${MIXTURE}`)
  })

  test('are refused with --strict', async () => {
    const { status, err } = await explain(['foo'], ...both(), '--strict')
    expect({ status, err }).toEqual({
      status: 1,
      err: expect.stringContaining(`error[C_LIBRARIES]: x86_64: ${MIXTURE}`),
    })
  })
})

describe('--strict', () => {
  test('refuses packages that do not fit together', async () => {
    const { status, err } = await explain(['foo', 'zed'], '--strict')
    expect(status).toBe(1)
    expect(err).toContain('error[NOT_CONSISTENT]: packages for x86_64 do not fit together')
    expect(err).toContain('zed-1.0-r0 needs "foo=1.0-r0", but only foo-2.0-r0 is installed')
    expect(err).toContain('hint: a consistent set exists: pass --resolver complete')
  })

  test('has nothing against those that do', async () => {
    expect(await explain(['foo', 'zed'], '--strict', '--resolver', 'complete')).toMatchObject({ status: 0, err: '' })
  })
})
