import { expect, test } from 'vitest'
import { pauseBefore } from '../src/index.ts'

const waiting = (random: number) => ({ sleep: async () => {}, random: () => random, now: () => 0 })

test.each([
  { failed: 1, random: 0, pause: 1000 },
  { failed: 1, random: 1, pause: 750 },
  { failed: 2, random: 0.5, pause: 1750 },
  { failed: 4, random: 0, pause: 8000 },
  { failed: 9, random: 0, pause: 30_000 },
  { failed: 9, random: 1, pause: 22_500 },
])('after $failed failures, with a chance of $random: $pause ms', ({ failed, random, pause }) => {
  expect(pauseBefore(failed, undefined, waiting(random))).toBe(pause)
})
