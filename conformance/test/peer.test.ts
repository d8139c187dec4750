import { resolve } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { minimise } from '../src/peer/minimise.ts'
import { Random } from '../src/peer/random.ts'

const PEER = resolve(import.meta.dirname, '../dist/peer.js')
const OURS = resolve(import.meta.dirname, '../../packages/apko-ts/bin/apko-ts.js')

async function compare(...args: string[]) {
  const { exitCode, stdout } = await execa(process.execPath, [PEER, ...args], { reject: false })
  return { exitCode, stdout }
}

describe('beside the original', () => {
  test('a program is equal to itself', async () => {
    const { exitCode, stdout } = await compare('--peer', `apko=${OURS}`, '--cases', '1', '--seed', '7')
    expect(stdout.match(/: \d equal, \d fail in both, 0 only there, 0 differ$/gm)).toHaveLength(6)
    expect(stdout).toMatch(/: [1-3] equal/)
    expect(exitCode).toBe(0)
  })

  test('a program that prints something else differs, and the case is shown', async () => {
    const { exitCode, stdout } = await compare(
      '--peer',
      'apko=/bin/echo',
      '--cases',
      '40',
      '--stop-after',
      '1',
      'configs',
    )
    expect(stdout).toMatch(/^configs \d+: show-config: standard output differs/m)
    expect(stdout).toContain('"kind": "configs"')
    expect(exitCode).toBe(1)
  })

  test.each([[[]], [['--peer', 'apko=/bin/true', 'no-such-kind']]])('%j tells how to call it', async (args) => {
    const { exitCode, stdout } = await compare(...args)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('kinds: images rootfs resolving configs flags remote')
  })
})

test('draws depend on the seed alone', () => {
  const draw = (seed: number) => new Random(seed).list(20, 20, () => 0).map((_, at) => new Random(seed + at).int(0, 99))
  expect(draw(3)).toEqual(draw(3))
  expect(new Set(draw(3)).size).toBeGreaterThan(5)
})

test('a case loses all parts that do not matter', async () => {
  const item = { kind: 'k', seed: 1, files: { a: [1, 2, { b: 3, c: 4 }], d: 5 }, commands: [['x', 'y']], env: {} }
  const whole = { ...item, repositories: [] }
  const small = await minimise(whole, async ({ files }) => JSON.stringify(files ?? {}).includes('"c":4'))
  expect(small).toEqual({ files: { a: [{ c: 4 }] } })
})
