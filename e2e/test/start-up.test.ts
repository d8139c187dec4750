import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ours, temporaryDirectory } from '../src/commands.ts'

describe.each(['apko-ts', 'melange-ts'] as const)('compiled code of %s', (name) => {
  let home: string
  let expected: string
  const directory = () => join(home, '.cache', name, 'code')
  const run = async (env: Record<string, string> = {}, args = ['version']) => {
    const { exitCode, stdout, stderr } = await ours(name, args, {
      cwd: home,
      env: { NODE_DISABLE_COMPILE_CACHE: '', ...env },
    })
    return { exitCode, stdout, stderr }
  }
  const files = async (): Promise<string[]> => readdir(directory()).catch(() => [])
  const facts = async () => {
    const path = join(directory(), (await files())[0]!)
    const { ino, mode, size } = await stat(path)
    return { path, ino, mode: mode & 0o777, size }
  }

  beforeAll(async () => {
    home = await temporaryDirectory()
    expected = (await run({ NODE_DISABLE_COMPILE_CACHE: '1' })).stdout
    expect(expected).toContain(name)
    expect(await files()).toEqual([])
  })

  test('is kept by a run and used by the next ones, which leave it alone after a few', async () => {
    expect(await run()).toEqual({ exitCode: 0, stdout: expected, stderr: '' })
    const kept = [await facts()]
    expect(kept[0]).toMatchObject({ mode: 0o600 })
    expect(kept[0]!.size).toBeGreaterThan(10_000)
    // One that took long, on a busy machine, does not count.
    while (kept.length < 3 || (kept.length < 20 && kept.at(-1)!.ino !== kept.at(-2)!.ino)) {
      expect(await run()).toEqual({ exitCode: 0, stdout: expected, stderr: '' })
      kept.push(await facts())
    }
    expect(kept.at(-1)).toEqual(kept.at(-2))
  })

  test('damaged, it is made again', async () => {
    const { path, ino } = await facts()
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x41, bytes.length - 64))
    expect(await run()).toEqual({ exitCode: 0, stdout: expected, stderr: '' })
    expect((await facts()).ino).not.toBe(ino)
  })

  test('where others may write, it is neither used nor made again', async () => {
    const { path } = await facts()
    await chmod(directory(), 0o777)
    await writeFile(path, 'not ours')
    expect(await run()).toEqual({ exitCode: 0, stdout: expected, stderr: '' })
    expect(await readFile(path, 'utf8')).toBe('not ours')
    await chmod(directory(), 0o700)
  })

  test('a failing command keeps none, and a home that is not there is not made', async () => {
    expect((await run({}, ['no-such-command'])).exitCode).toBe(1)
    expect(await files()).toHaveLength(1)
    const nowhere = join(home, 'nowhere')
    expect(await run({ HOME: nowhere })).toEqual({ exitCode: 0, stdout: expected, stderr: '' })
    await expect(stat(nowhere)).rejects.toThrow('ENOENT')
  })
})
