import { describe, expect, test } from 'vitest'
import { start } from '../src/start.ts'

async function run(script: string, input?: string) {
  const lines: string[] = []
  const exit = await start(['/bin/sh', '-c', script], {
    env: process.env,
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    ...(input === undefined ? {} : { input: Buffer.from(input) }),
  })
  return { exit, lines: lines.sort() }
}

describe('what a program prints', () => {
  test.each([
    ['as usual', 'echo a; echo b >&2', ['stderr: b', 'stdout: a']],
    ['by the names of its outputs', 'echo a > /dev/stdout; echo b > /dev/stderr', ['stderr: b', 'stdout: a']],
    ['by name, appended', 'echo a >> /dev/stdout; echo b >> /proc/self/fd/2', ['stderr: b', 'stdout: a']],
    ['without a line break', 'printf a', ['stdout: a']],
    ['nothing', 'true', []],
  ])('%s', async (_, script, expected) => {
    expect(await run(script)).toEqual({ exit: { exitCode: 0, signal: undefined, aborted: false }, lines: expected })
  })

  test('reaches whom it is for when many run at once, and one after the other', async () => {
    for (let time = 0; time < 2; time++) {
      const all = await Promise.all(Array.from({ length: 5 }, (_, i) => run(`echo ${i}; echo ${i} > /dev/stderr`)))
      expect(all.map(({ lines }) => lines)).toEqual(all.map((_, i) => [`stderr: ${i}`, `stdout: ${i}`]))
    }
  })

  test('may be much', async () => {
    const { lines } = await run('i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done')
    expect(lines).toHaveLength(20_000)
  })

  test('is had by a program that reads its input', async () => {
    expect((await run('cat', 'to be read')).lines).toEqual(['stdout: to be read'])
  })
})

test('a program that is not there is told by nothing else', async () => {
  expect(await start(['/nowhere/at-all'], { env: {} })).toBeUndefined()
})

describe('a program that is aborted', () => {
  test.each([
    ['goes', 'sleep 300'],
    ['takes those with it that hold its outputs', 'sleep 300 & echo started; exec sleep 300'],
  ])('%s', async (_, script) => {
    const stop = new AbortController()
    const running = start(['/bin/sh', '-c', script], { env: process.env, signal: stop.signal })
    setTimeout(() => stop.abort(), 100)
    expect(await running).toEqual({ exitCode: undefined, signal: 'SIGKILL', aborted: true })
  })
})
