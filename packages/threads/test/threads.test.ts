import { afterEach, describe, expect, test } from 'vitest'
import { AnsweringThread, type PooledThread, ThreadPool } from '../src/index.ts'

const threads: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close()
})

/** A thread that runs `answer`, an expression, on every question. */
function start(answer: string): AnsweringThread<unknown, unknown> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    let told = 0
    parentPort.on('message', (question) => {
      if (question === 'told') told++
      else parentPort.postMessage(${answer})
    })`
  const thread = new AnsweringThread<unknown, unknown>('is tested', code, 'data')
  threads.push(thread)
  return thread
}

describe('a thread', () => {
  test.each([
    { name: 'gives answers in order', answer: 'question * 2', questions: [1, 2, 3], answers: [2, 4, 6] },
    { name: 'may answer nothing', answer: 'undefined', questions: [1], answers: [undefined] },
    { name: 'has its data', answer: 'workerData', questions: [1], answers: ['data'] },
    { name: 'gets arrays', answer: 'question.length', questions: [new Uint8Array(5)], answers: [5] },
  ])('$name', async ({ answer, questions, answers }) => {
    const thread = start(answer)
    const asked = questions.map((question) => thread.ask(question))
    expect(thread.load).toBe(questions.length)
    expect(await Promise.all(asked)).toEqual(answers)
    expect(thread.load).toBe(0)
  })

  test('does not answer what it is told', async () => {
    const thread = start('told')
    thread.tell('told')
    thread.tell('told')
    expect(await thread.ask('how many')).toBe(2)
  })

  test('takes buffers over', async () => {
    const buffer = new ArrayBuffer(7)
    expect(await start('question.byteLength').ask(buffer, [buffer])).toBe(7)
    expect(buffer.byteLength).toBe(0)
  })

  test('that throws rejects what it was asked, then and later', async () => {
    const thread = start(`{ get x() { throw new Error('broken') } }.x`)
    await expect(Promise.all([thread.ask(1), thread.ask(2)])).rejects.toThrow('broken')
    await expect(thread.ask(3)).rejects.toThrow('broken')
    expect(thread.load).toBe(0)
  })

  test('that is closed rejects what it has not answered', async () => {
    const thread = start('question')
    const asked = thread.ask(1)
    asked.catch(() => {})
    await thread.close()
    await expect(asked).rejects.toThrow('the thread that is tested has ended')
    await expect(thread.ask(2)).rejects.toThrow('the thread that is tested has ended')
  })
})

describe('a pool', () => {
  class Recorded implements PooledThread {
    closed = false
    load = 0
    async close(): Promise<void> {
      this.closed = true
    }
  }

  test.each([
    { most: 1, loads: [1, 1, 1], started: 1 },
    { most: 3, loads: [1, 1, 1, 1], started: 3 },
    { most: 3, loads: [0, 0, 0], started: 1 },
    { most: 2, loads: [0, 1, 1], started: 2 },
  ])('of at most $most threads starts $started for these loads: $loads', async ({ most, loads, started }) => {
    const made: Recorded[] = []
    const pool = new ThreadPool(() => {
      made.push(new Recorded())
      return made.at(-1)!
    }, most)
    for (const load of loads) pool.idlest().load += load
    expect(made).toHaveLength(started)
    await pool.close()
    expect(made.every(({ closed }) => closed)).toBe(true)
  })

  test('gives the one with the fewest questions', () => {
    const made: Recorded[] = []
    const pool = new ThreadPool(() => made[made.push(new Recorded()) - 1]!, 2)
    pool.idlest().load = 5
    pool.idlest().load = 2
    expect(pool.idlest()).toBe(made[1])
    made[1]!.load = 6
    expect(pool.idlest()).toBe(made[0])
  })
})
