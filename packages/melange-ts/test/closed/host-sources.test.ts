import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostSources } from '../../src/closed/host-sources.ts'
import { relativeUrl } from '../../src/closed/submodules.ts'
import { compileRecipe } from '../../src/index.ts'
import { load, P } from '../recipe/helpers.ts'

let directory: string
let commit: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sources-test-'))
  commit = await makeRepository('project', { readme: 'of the project\n' })
})

/** Makes a repository with files and submodules (path → URL); returns its commit. */
async function makeRepository(
  name: string,
  files: Readonly<Record<string, string>>,
  submodules: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cwd = join(directory, name)
  const settings = ['user.name=n', 'user.email=e@example.com', 'protocol.file.allow=always']
  const git = (...args: string[]) => execa('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], { cwd })
  await mkdir(cwd)
  await git('init', '-q', '-b', 'main')
  // What relative URLs of submodules are relative to.
  await git('remote', 'add', 'origin', `file://${directory}/${name}`)
  for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text)
  for (const [path, url] of Object.entries(submodules)) await git('submodule', 'add', '-q', '--', url, path)
  await git('add', '.')
  await git('commit', '-q', '-m', 'first')
  return (await git('rev-parse', 'HEAD')).stdout
}
afterAll(() => rm(directory, { recursive: true, force: true }))

const log = new Proxy({}, { get: () => () => {} }) as never

function sources(steps: string, cacheDir = '') {
  const recipe = compileRecipe(load(`${P}pipeline:\n${steps}`), { arch: 'x86_64' })
  const { signal } = new AbortController()
  return hostSources(recipe, { cacheDir, spare: join(directory, 'spare'), log, signal, env: process.env })
}

const checkout = (fields: string) => `  - uses: git-checkout\n    with: {${fields}}\n`

/** What the guest has at a place of its own is here where it really lies. */
function asInside(environment: Readonly<Record<string, string>>, found: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace('/var/cache/melange', found)]),
  )
}

test.each([
  ['https://h/a/b.git', '../c.git', 'https://h/a/c.git'],
  ['https://h/a/b/', './c', 'https://h/a/b/c'],
  ['https://h/a/b', '../../x/./c/', 'https://h/x/./c'],
  ['git@h:a/b', '../c', 'git@h:a/c'],
  ['git@h:b', '../c', 'git@h:c'],
])('of %s the relative URL %s is %s', (repository, url, expected) => {
  expect(relativeUrl(repository, url)).toBe(expected)
})

describe('a git repository', () => {
  test('is mirrored once, and git inside finds the mirror under the name it asks for', async () => {
    const repository = `file://${directory}/project`
    const step = checkout(`repository: '${repository}', expected-commit: ${commit}, branch: main`)
    const { directory: found, environment } = await sources(step)
    expect(found).toBe(join(directory, 'spare'))
    expect(await sources(step)).toEqual({ directory: found, environment })

    await rm(join(directory, 'project'), { recursive: true })
    expect(await sources(step)).toEqual({ directory: found, environment })
    const env = asInside(environment, found)
    await execa('git', ['clone', '-q', '--depth', '1', '-b', 'main', repository, join(directory, 'clone')], { env })
    expect(await readFile(join(directory, 'clone/readme'), 'utf8')).toBe('of the project\n')
  })

  test.each(['false', 'true'])('brings its submodules when the step wants them: %s', async (wanted) => {
    const place = `outer-${wanted}`
    await makeRepository(`${place}-inmost`, { text: 'inmost\n' })
    await makeRepository(`${place}-inner`, { text: 'inner\n' }, { deep: `../${place}-inmost` })
    const outer = await makeRepository(place, {}, { 'a dir': `../${place}-inner`, again: `../${place}-inmost` })
    const repository = `file://${directory}/${place}`
    const step = checkout(`repository: '${repository}', expected-commit: ${outer}, recurse-submodules: '${wanted}'`)
    const { directory: found, environment } = await sources(step)
    for (const name of [place, `${place}-inner`, `${place}-inmost`])
      await rm(join(directory, name), { recursive: true })
    const clone = join(directory, `${place}-clone`)
    const depth = ['--depth', '1', '--shallow-submodules']
    const args = ['clone', '-q', ...depth, '--recurse-submodules', repository, clone]
    const { exitCode } = await execa('git', args, { env: asInside(environment, found), reject: false })
    expect(exitCode === 0).toBe(wanted === 'true')
    if (wanted === 'false') return
    const texts = ['a dir/text', 'a dir/deep/text', 'again/text'].map((path) => readFile(join(clone, path), 'utf8'))
    expect(await Promise.all(texts)).toEqual(['inner\n', 'inmost\n', 'inmost\n'])
  })

  test('may not name files of the host as its submodule', async () => {
    await makeRepository('others', { text: 'secret\n' })
    const sly = await makeRepository('sly-too', {}, { x: `file://${directory}/others` })
    const repository = `file://${directory}/sly-too`
    const step = checkout(`repository: '${repository}', expected-commit: ${sly}, recurse-submodules: 'true'`)
    await expect(sources(step)).rejects.toMatchObject({
      code: 'SOURCE_FETCH',
      notes: [expect.stringContaining("'file' not allowed")],
    })
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
