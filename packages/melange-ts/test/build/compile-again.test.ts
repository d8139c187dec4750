import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { compileAgain } from '../../src/build/compile-again.ts'
import { compileRecipe } from '../../src/compile/compile.ts'
import { parseRecipe } from '../../src/recipe/parse.ts'
import { normaliseScript } from '../../src/shell/normal-form.ts'

vi.mock('../../src/shell/normal-form.ts', async (original) => {
  const module = await original<typeof import('../../src/shell/normal-form.ts')>()
  return { ...module, normaliseScript: vi.fn(module.normaliseScript) }
})

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'compile-'))
  vi.stubEnv('APKTS_BUILD', 'this program')
  vi.mocked(normaliseScript).mockClear()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})

const SCRIPT = 'echo   a  # a word\nif true;then echo b;fi\n'
const options = () => ({ recipe: 'hello.yaml', arch: 'x86_64', env: { XDG_CACHE_HOME: home } })

function recipe(script = SCRIPT) {
  const head = 'package: { name: hello, version: 1.0.0, epoch: 0, copyright: [{ license: MIT }] }\n'
  return parseRecipe(
    { recipe: { file: 'hello.yaml', text: `${head}pipeline:\n  - runs: ${JSON.stringify(script)}\n` } },
    {},
  )
}

async function memory(): Promise<string> {
  const folder = join(home, 'melange-ts/scripts')
  return join(folder, (await readdir(folder))[0]!)
}

/** How many scripts were printed by a compilation, whose result must be that of one without a memory. */
async function printed(script = SCRIPT, more = {}): Promise<number> {
  vi.mocked(normaliseScript).mockClear()
  const compiled = await compileAgain(recipe(script), { ...options(), ...more })
  const calls = vi.mocked(normaliseScript).mock.calls.length
  expect(compiled).toEqual(compileRecipe(recipe(script), options()))
  return calls
}

describe('scripts printed before', () => {
  test('are not printed again', async () => {
    expect([await printed(), await printed()]).toEqual([1, 0])
  })

  test('changed ones are', async () => {
    await printed()
    expect(await printed(`${SCRIPT}echo c\n`)).toBe(1)
    const { scripts } = JSON.parse((await readFile(await memory(), 'utf8')).split('\n')[0]!)
    expect(Object.values(scripts)).toEqual([normaliseScript(`${SCRIPT}echo c\n`)])
  })

  test('nothing is taken from a damaged memory', async () => {
    await printed()
    const path = await memory()
    await writeFile(path, (await readFile(path, 'utf8')).replace('echo a', 'echo z'))
    expect(await printed()).toBe(1)
  })

  test('nor from that of another program', async () => {
    await printed()
    vi.stubEnv('APKTS_BUILD', 'another program')
    expect([await printed(), await printed()]).toEqual([1, 0])
  })

  test('without a cache every script is printed', async () => {
    expect([await printed(SCRIPT, { env: {} }), await printed(SCRIPT, { env: {} })]).toEqual([1, 1])
  })

  test('a cache that cannot be written is no error', async () => {
    const file = join(home, 'file')
    await writeFile(file, '')
    expect(await printed(SCRIPT, { env: { XDG_CACHE_HOME: file } })).toBe(1)
  })
})
