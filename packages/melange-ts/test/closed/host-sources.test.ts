import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostSources } from '../../src/closed/host-sources.ts'
import { compileRecipe } from '../../src/index.ts'
import { load, P } from '../recipe/helpers.ts'

let directory: string
let commit: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sources-test-'))
  const repository = join(directory, 'project')
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=n', '-c', 'user.email=e@example.com', ...args], { cwd: repository })
  await mkdir(repository)
  await git('init', '-q', '-b', 'main')
  await writeFile(join(repository, 'readme'), 'of the project\n')
  await git('add', '.')
  await git('commit', '-q', '-m', 'first')
  commit = (await git('rev-parse', 'HEAD')).stdout
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const log = new Proxy({}, { get: () => () => {} }) as never

function sources(steps: string, cacheDir = '') {
  const recipe = compileRecipe(load(`${P}pipeline:\n${steps}`), { arch: 'x86_64' })
  const { signal } = new AbortController()
  return hostSources(recipe, { cacheDir, spare: join(directory, 'spare'), log, signal, env: process.env })
}

const checkout = (fields: string) => `  - uses: git-checkout\n    with: {${fields}}\n`

describe('a git repository', () => {
  test('is mirrored once, and git inside finds the mirror under the name it asks for', async () => {
    const repository = `file://${directory}/project`
    const step = checkout(`repository: '${repository}', expected-commit: ${commit}, branch: main`)
    const { directory: found, environment } = await sources(step)
    expect(found).toBe(join(directory, 'spare'))
    expect(await sources(step)).toEqual({ directory: found, environment })

    await rm(join(directory, 'project'), { recursive: true })
    expect(await sources(step)).toEqual({ directory: found, environment })
    // What the guest has at a place of its own is here where it really lies.
    const env = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace('/var/cache/melange', found)]),
    )
    await execa('git', ['clone', '-q', '--depth', '1', '-b', 'main', repository, join(directory, 'clone')], { env })
    expect(await readFile(join(directory, 'clone/readme'), 'utf8')).toBe('of the project\n')
  })

  test('that cannot be fetched is named with the step, and leaves nothing', async () => {
    const step = checkout(`repository: 'file://${directory}/gone', expected-commit: ${'1'.repeat(40)}`)
    const spare = join(directory, 'spare')
    await expect(sources(step)).rejects.toMatchObject({ code: 'SOURCE_FETCH', at: { file: 'recipe.yaml', line: 3 } })
    const names = await execa('ls', ['-A', join(spare, 'git')], { reject: false })
    expect(names.stdout).not.toMatch(/\./)
  })
})

test.each([
  ['a branch alone', checkout('repository: "https://example.com/x.git", branch: main'), 'https://example.com/x.git'],
  [
    'a download without a checksum',
    '  - uses: fetch\n    with: {uri: "https://example.com/x.tar", expected-none: "yes"}\n',
    'https://example.com/x.tar',
  ],
])('%s is refused', async (_, step, what) => {
  const message = expect.stringContaining(what)
  await expect(sources(step)).rejects.toMatchObject({ code: 'SOURCE_UNPINNED', message })
})

test('steps whose condition is false fetch nothing', async () => {
  const step = `  - uses: fetch\n    if: "\${{build.arch}} == 'aarch64'"\n    with: {uri: "https://example.com/x", expected-none: "yes"}\n`
  const { directory: found, environment } = await sources(step)
  await expect(access(found)).resolves.toBeUndefined()
  expect(environment).toEqual({})
})
