import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { hex } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callHere, type FileCall } from '../src/package/store/calls.ts'
import { DiskThread, DiskThreads } from '../src/package/store/disk-thread.ts'

let directory: string
let thread: DiskThread

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'disk-thread-'))
  thread = new DiskThread()
})
afterEach(async () => {
  await thread.close()
  rmSync(directory, { recursive: true })
})

const NEW = { flag: 'wx', mode: 0o644 } as const
const at = (name: string): string => join(directory, name)
const runners = [
  { who: 'here', run: async (calls: readonly FileCall[]) => void callHere(calls) },
  { who: 'a thread', run: async (calls: readonly FileCall[]) => void (await thread.run(calls)) },
]

describe.each(runners)('calls done by $who', ({ run }) => {
  test('follow one another', async () => {
    await run([
      ['mkdir', at('a/b'), { recursive: true }],
      ['writeFile', at('a/b/file'), 'text', NEW],
      ['symlink', 'b/file', at('a/.link')],
      ['rename', at('a/.link'), at('a/link')],
    ])
    expect(readlinkSync(at('a/link'))).toBe('b/file')
    expect(readFileSync(at('a/link'), 'utf8')).toBe('text')
  })

  const failing: readonly { name: string; call: FileCall; code: string; syscall: string }[] = [
    { name: 'a directory', call: ['mkdir', '/dev/null/x', {}], code: 'ENOTDIR', syscall: 'mkdir' },
    { name: 'a file', call: ['writeFile', '/dev/null/x', 'text', NEW], code: 'ENOTDIR', syscall: 'open' },
    {
      name: 'a full disk',
      call: ['writeFile', '/dev/full', 'text', { ...NEW, flag: 'w' } as never],
      code: 'ENOSPC',
      syscall: 'write',
    },
    { name: 'a link', call: ['symlink', 'x', '/dev/null/x'], code: 'ENOTDIR', syscall: 'symlink' },
    { name: 'a name', call: ['rename', '/dev/null/x', '/dev/null/y'], code: 'ENOTDIR', syscall: 'rename' },
  ]
  test.each(failing)('end with the one that fails: $name', async ({ call, code, syscall }) => {
    const error: unknown = await run([call, ['mkdir', at('after'), {}]]).catch((thrown: unknown) => thrown)
    expect(isSystemError(error, code)).toBe(true)
    expect(error).toMatchObject({ syscall, message: expect.stringContaining(code) })
    expect(existsSync(at('after'))).toBe(false)
  })
})

describe('a thread', () => {
  test('makes the digests of stretches', async () => {
    const bytes = new Uint8Array(100_000).map((_, i) => i % 251)
    const [sections, files] = await thread.run(
      [],
      [
        { algorithm: 'sha256', bytes, stretches: Float64Array.of(0, bytes.length) },
        { algorithm: 'sha1', bytes, stretches: Float64Array.of(0, 0, 17, 70_000) },
      ],
    )
    const expected = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)
    const digest = (algorithm: string, start: number, end: number) =>
      createHash(algorithm).update(expected.subarray(start, end)).digest('hex')
    expect(sections!.map(hex)).toEqual([digest('sha256', 0, 100_000)])
    expect(files!.map(hex)).toEqual([digest('sha1', 0, 0), digest('sha1', 17, 70_000)])
    expect(bytes).toHaveLength(0) // handed over
  })

  test('leaves arrays that share a small buffer where they are', async () => {
    const both = new TextEncoder().encode('onetwo')
    await thread.run([['writeFile', at('one'), both.subarray(0, 3), NEW]])
    expect(readFileSync(at('one'), 'utf8')).toBe('one')
    expect(both).toHaveLength(6)
  })

  test('goes on after a failure', async () => {
    await expect(thread.run([['mkdir', '/dev/null/x', {}]])).rejects.toThrow('ENOTDIR')
    await thread.run([['mkdir', at('next'), {}]])
    expect(existsSync(at('next'))).toBe(true)
  })

  test('that has ended says so', async () => {
    const asked = thread.run([['mkdir', at('asked'), {}]])
    asked.catch(() => {})
    await thread.close()
    await expect(thread.run([])).rejects.toThrow('the thread that writes packages has ended')
  })
})

describe('threads', () => {
  test.each([
    ['came', () => Promise.resolve()],
    ['failed', () => Promise.reject(new Error('failed'))],
  ])('do not begin for what %s', async (_, fetched) => {
    const threads = new DiskThreads(10)
    threads.expect(20, fetched())
    await new Promise((resolve) => setImmediate(resolve))
    expect(threads.take(15)).toBeUndefined()
    await threads.close()
  })

  test.each([
    { name: 'always', from: 0, toCome: 0, sizes: [1], taken: [true] },
    { name: 'when enough is to come', from: 10, toCome: 10, sizes: [9, 1, 1], taken: [false, true, true] },
    { name: 'not for less', from: 10, toCome: 9, sizes: [9, 1, 1], taken: [false, false, false] },
    { name: 'not when all else is cached', from: 4e6, toCome: 5e6, sizes: [1e6, 1e6], taken: [false, true] },
    { name: 'never', from: Number.POSITIVE_INFINITY, toCome: 1e12, sizes: [1, 1e9], taken: [false, false] },
  ])('begin $name', async ({ from, toCome, sizes, taken }) => {
    const threads = new DiskThreads(from)
    threads.expect(toCome, new Promise(() => {}))
    try {
      expect(sizes.map((size) => threads.take(size) !== undefined)).toEqual(taken)
    } finally {
      await threads.close()
    }
  })
})
