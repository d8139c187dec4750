import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryGate } from '../src/package/memory-gate.ts'

test('never lets in more than there is room for, and everybody in the end, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 10 })), async (weights) => {
      const gate = new MemoryGate(10)
      const entered: number[] = []
      let used = 0
      const work = async (weight: number, index: number): Promise<void> => {
        const leave = await gate.enter(weight)
        entered.push(index)
        used += weight
        expect(used).toBeLessThanOrEqual(10)
        await new Promise((resolve) => setImmediate(resolve))
        used -= weight
        leave()
      }
      await Promise.all(weights.map(work))
      expect(entered).toEqual(weights.map((_, index) => index))
    }),
    { numRuns: 50 },
  )
})
