import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyEdits } from '../../src/bump/text-edits.ts'
import { loadRecipe } from '../../src/index.ts'
import { getSource } from '../../src/source/get.ts'
import { patchStepEdits } from '../../src/source/patch-step.ts'
import { popSource } from '../../src/source/pop.ts'

const options = { log: silentLog, signal: new AbortController().signal }
const hasGit = (await execa('git', ['--version'], { reject: false })).exitCode === 0
let place: string
let commit: string

async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org']
  return (await execa('git', [...identity, ...args], { cwd })).stdout
}

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'source-'))
  const upstream = join(place, 'upstream')
  await mkdir(upstream)
  await git(upstream, 'init', '--quiet', '--initial-branch=main')
  await writeFile(join(upstream, 'hello.txt'), 'one\ntwo\nthree\n')
  await git(upstream, 'add', '.')
  await git(upstream, 'commit', '--quiet', '-m', 'first')
  await git(upstream, 'tag', 'v1')
  commit = (await git(upstream, 'rev-parse', 'HEAD')).trim()
  await writeFile(join(upstream, 'later.txt'), 'later\n')
  await git(upstream, 'add', '.')
  await git(upstream, 'commit', '--quiet', '-m', 'second')
})
afterEach(() => rm(place, { recursive: true, force: true }))

async function recipe(steps: string): Promise<string> {
  const file = join(place, 'hello.yaml')
  const checkout = `  - uses: git-checkout\n    with:\n      repository: ${join(place, 'upstream')}\n      tag: v\${{package.version}}\n      expected-commit: ${commit}\n`
  await writeFile(file, `package:\n  name: hello\n  version: "1"\n\npipeline:\n${checkout}${steps}`)
  return file
}

async function get(file: string): Promise<string> {
  return await getSource(await loadRecipe(file), { output: join(place, 'source'), sourceDir: '' }, options)
}

async function pop(file: string): Promise<string[]> {
  return await popSource(await loadRecipe(file), { output: join(place, 'source'), sourceDir: '' }, options)
}

const DIFF = '--- a/hello.txt\n+++ b/hello.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n'
const FUZZY = '--- a/hello.txt\n+++ b/hello.txt\n@@ -1,3 +1,3 @@\n oen\n TWO\n-three\n+THREE\n'

describe.skipIf(!hasGit)(`source${hasGit ? '' : ' (skipped: git is missing)'}`, () => {
  test('get, work, pop, and get again gives the same tree', async () => {
    const file = await recipe('')
    const tree = await get(file)
    expect(await readdir(tree)).toEqual(['.git', 'hello.txt'])
    await writeFile(join(tree, 'hello.txt'), 'one\ntwo\nthree\nfour\n')
    await git(tree, 'commit', '--quiet', '-am', 'Count further')
    expect(await pop(file)).toEqual(['0001-Count-further.patch'])
    expect(await readFile(file, 'utf8')).toContain(
      `expected-commit: ${commit}\n\n  - uses: git-am\n    with:\n      patches: |\n        0001-Count-further.patch\n`,
    )
    await rm(tree, { recursive: true })
    expect(await readFile(join(await get(file), 'hello.txt'), 'utf8')).toBe('one\ntwo\nthree\nfour\n')
    expect(await pop(file)).toEqual(['0001-Count-further.patch'])
  })

  test('plain diffs and those that apply only nearly become commits named after their files', async () => {
    const file = await recipe('  - uses: patch\n    with:\n      patches: plain.patch fuzzy.patch\n')
    await mkdir(join(place, 'hello'))
    await writeFile(join(place, 'hello/plain.patch'), DIFF)
    await writeFile(join(place, 'hello/fuzzy.patch'), FUZZY)
    const tree = await get(file)
    expect(await readFile(join(tree, 'hello.txt'), 'utf8')).toBe('one\nTWO\nTHREE\n')
    expect((await git(tree, 'log', '--format=%s')).split('\n')).toEqual(['fuzzy', 'plain', 'first'])
  })

  test('a tree that is there stays', async () => {
    const file = await recipe('')
    await mkdir(join(place, 'source/hello'), { recursive: true })
    await expect(get(file)).rejects.toMatchObject({ code: 'SOURCE_EXISTS' })
  })

  test('a failure leaves nothing', async () => {
    const file = await recipe('  - uses: patch\n    with:\n      patches: bad.patch\n')
    await mkdir(join(place, 'hello'))
    await writeFile(join(place, 'hello/bad.patch'), DIFF.replace('two', 'nothing like it'))
    await expect(get(file)).rejects.toMatchObject({ code: 'PATCH_FAILED' })
    expect(await readdir(join(place, 'source'))).toEqual([])
  })

  test('pop without commits is an error, and the recipe stays', async () => {
    const file = await recipe('')
    await get(file)
    const before = await readFile(file, 'utf8')
    await expect(pop(file)).rejects.toMatchObject({ code: 'NO_SOURCE' })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  test.each([
    ['a parent directory', '../secret.patch'],
    ['an absolute path', '/etc/passwd'],
    ['a link that leads out', 'link.patch'],
  ])('patches are not read from %s', async (_what, name) => {
    const file = await recipe(`  - uses: patch\n    with:\n      patches: ${name}\n`)
    await writeFile(join(place, 'secret.patch'), DIFF)
    await mkdir(join(place, 'hello'))
    await symlink('../secret.patch', join(place, 'hello/link.patch'))
    await expect(get(file)).rejects.toMatchObject({ code: 'SOURCE_PATH' })
  })

  test.each([
    ['an option as repository', 'repository: --upload-pack=touch owned', 'SOURCE_INPUT'],
    ['a command as repository', 'repository: "ext::sh -c touch% owned"', 'SOURCE_INPUT'],
    ['an option as tag', 'repository: upstream\n      tag: --upload-pack=touch', 'SOURCE_INPUT'],
    ['words that a shell would run', 'repository: "$(touch owned)`touch owned`;touch owned"', 'GIT_FAILED'],
    ['a cherry-pick that is an option', 'repository: UP\n      cherry-picks: "--abort: x"', 'SOURCE_INPUT'],
  ])('%s runs nothing', async (_what, inputs, code) => {
    const file = join(place, 'hello.yaml')
    const text = inputs.replace('UP', join(place, 'upstream'))
    await writeFile(
      file,
      `package: {name: hello, version: 1}\npipeline:\n  - uses: git-checkout\n    with:\n      ${text}\n`,
    )
    await expect(get(file)).rejects.toMatchObject({ code })
    expect(existsSync('owned')).toBe(false)
  })
})

test.each([
  [
    'a patch step',
    '  - uses: patch # why\n    with:\n      patches: a\n\n  - runs: x\n',
    '  - uses: git-am\n    with:\n      patches: |\n        n1\n        n2\n\n  - runs: x\n',
  ],
  [
    'several',
    '  - uses: patch\n    with: {patches: a}\n\n  - uses: patch\n    with:\n      patches: |\n        b\n\n  # c\n  - runs: x\n',
    '  - uses: git-am\n    with:\n      patches: |\n        n1\n        n2\n\n  # c\n  - runs: x\n',
  ],
  [
    'none',
    '  - uses: git-checkout\n    with:\n      a: b # c\n\n  - runs: x\n',
    '  - uses: git-checkout\n    with:\n      a: b # c\n\n  - uses: git-am\n    with:\n      patches: |\n        n1\n        n2\n\n  - runs: x\n',
  ],
])('the recipe applies the patches: %s', (_what, before, after) => {
  const text = `pipeline:\n${before}`
  expect(applyEdits(text, patchStepEdits(text, ['n1', 'n2']))).toBe(`pipeline:\n${after}`)
})
