import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type StreamHash, streamHash, threadedHash } from '../src/layer/stream-hash.ts'

describe.each<[string, () => StreamHash]>([
  ['here', streamHash],
  ['in a thread', threadedHash],
])('a hash computed %s', (_, open) => {
  test('is SHA-256 of all bytes, from its own buffers and others', async () => {
    const hash = open()
    const own = hash.allocate(100_000).fill('abc')
    try {
      await hash.update(own.subarray(0, 70_000))
      await hash.update(Buffer.from('and more'))
      expect(hash.size).toBe(70_008)
      const expected = createHash('sha256').update(own.subarray(0, 70_000)).update('and more').digest('hex')
      expect(await hash.digest()).toBe(`sha256:${expected}`)
    } finally {
      await hash.close()
    }
  })

  test('may be given up', async () => {
    const hash = open()
    void hash.update(hash.allocate(1000))
    await hash.close()
  })
})
