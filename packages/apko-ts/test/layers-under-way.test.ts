import type { KeyedRuns } from '@apkts/oci'
import { describe, expect, test } from 'vitest'
import { LayersUnderWay } from '../src/build/layers-under-way.ts'

/** Runs of a megabyte each, by these names. */
function runsOf(names: string, held = true): KeyedRuns {
  const runs = [...names].map((key) => ({ key, run: { size: 1 << 20, slices: [] } }))
  return { key: names, size: runs.length << 20, held, [Symbol.iterator]: () => runs[Symbol.iterator]() }
}

/** Starts both and tells in which order they began and ended. */
async function order(first: KeyedRuns, second: KeyedRuns, fails = false): Promise<string> {
  const underWay = new LayersUnderWay()
  const happened: string[] = []
  const write = (name: string) => async () => {
    happened.push(`${name} begins`)
    for (let i = 0; i < 5; i++) await Promise.resolve()
    happened.push(`${name} ends`)
    if (fails && name === '1') throw new Error('failed')
  }
  const written = [underWay.write(first, write('1')), underWay.write(second, write('2'))]
  const settled = await Promise.allSettled(written)
  expect(settled.map(({ status }) => status)).toEqual([fails ? 'rejected' : 'fulfilled', 'fulfilled'])
  return happened.join(', ')
}

const BESIDE = '1 begins, 2 begins, 1 ends, 2 ends'
const BEHIND = '1 begins, 1 ends, 2 begins, 2 ends'

describe('layers of several architectures', () => {
  test.each([
    { name: 'the same runs', first: 'abcd', second: 'abcd', expected: BEHIND },
    { name: 'half of the runs', first: 'abcd', second: 'cdef', expected: BEHIND },
    { name: 'less than half', first: 'abcd', second: 'defg', expected: BESIDE },
    { name: 'a small layer in a large one', first: 'abcdefgh', second: 'ab', expected: BEHIND },
    { name: 'a large one and a small one in it', first: 'ab', second: 'abcdefgh', expected: BESIDE },
    { name: 'nothing', first: 'ab', second: 'cd', expected: BESIDE },
  ])('with $name in common', async ({ first, second, expected }) => {
    expect(await order(runsOf(first), runsOf(second))).toBe(expected)
  })

  test('whose runs are not held in memory do not wait', async () => {
    expect(await order(runsOf('ab'), runsOf('ab', false))).toBe(BESIDE)
  })

  test('wait for one that fails, too', async () => {
    expect(await order(runsOf('ab'), runsOf('ab'), true)).toBe(BEHIND)
  })

  test('all wait for the same one, and then go on side by side', async () => {
    const underWay = new LayersUnderWay()
    let running = 0
    let most = 0
    const write = async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
    }
    const runs = runsOf('abc')
    const first = underWay.write(runs, write)
    await Promise.all([first, underWay.write(runs, write), underWay.write(runs, write)])
    expect(most).toBeLessThanOrEqual(2)
  })
})
