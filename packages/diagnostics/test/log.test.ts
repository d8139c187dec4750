import { createLiveLine, createLog, formatBytes, parseLogLevel } from '@apkts/diagnostics/cli'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0)

function record(format: 'text' | 'json', level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = []
  let time = NOON
  const log = createLog({ level, format, color: false, write: (line) => lines.push(line), now: () => time })
  return { lines, log, pass: (ms: number) => (time += ms) }
}

describe('createLog', () => {
  test('writes level, message and fields', () => {
    const { lines, log } = record('text')
    log.child({ arch: 'x86_64' }).warn('no index', { path: 'a b' })
    expect(lines[0]).toMatch(/^2026\/01\/02 \d\d:00:00 WARN no index arch=x86_64 path="a b"$/)
  })

  test('writes one JSON object a line', () => {
    const { lines, log } = record('json')
    log.info('hello', { n: 1 })
    expect(JSON.parse(lines[0]!)).toEqual({ time: '2026-01-02T12:00:00.000Z', level: 'info', message: 'hello', n: 1 })
  })

  test('leaves out what is below the level', () => {
    const { lines, log } = record('text', 'warn')
    log.debug('a')
    log.info('b')
    log.output('step says', 'stdout')
    log.error('c')
    expect(lines).toHaveLength(1)
  })

  test('ends a stage with its duration and summary', () => {
    const { lines, log, pass } = record('text')
    const stage = log.stage('resolve')
    stage.update({ item: 'zlib', done: 1, total: 2 })
    pass(1500)
    stage.end('2 packages')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('INFO resolve: 2 packages (1.5s)')
  })
})

describe('the live line', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  test('shows the running stage, prints lines above it and disappears', () => {
    const written: string[] = []
    let time = 0
    const live = createLiveLine({ columns: 80, write: (text) => written.push(text) }, () => time)
    const slot = live.open('fetch', 0)
    slot.update({ done: 3, total: 9, bytes: 1_500_000, item: 'gcc' })
    time = 2000
    vi.advanceTimersByTime(150)
    expect(written.join('')).toContain('fetch 3/9 1.5 MB gcc 2.0s')
    written.length = 0
    live.print('a line')
    expect(written[0]).toBe('\r\x1b[2Ka line\n')
    slot.close()
    expect(written.at(-1)).toBe('\r\x1b[2K')
    written.length = 0
    vi.advanceTimersByTime(1000)
    expect(written).toEqual([])
  })

  test('never draws more than the terminal is wide', () => {
    const written: string[] = []
    const live = createLiveLine({ columns: 20, write: (text) => written.push(text) }, () => 0)
    live.open('a stage with a very long name indeed', 0)
    vi.advanceTimersByTime(150)
    expect(written[0]!.replace('\r\x1b[2K', '').length).toBeLessThan(20)
    live.close()
  })
})

test.each([
  ['INFO', 'info'],
  ['debug', 'debug'],
  ['Warn', 'warn'],
  ['info+2', 'warn'],
  ['error+4', 'error'],
  ['DEBUG-4', 'debug'],
])('log level %s shows from %s on', (text, level) => {
  expect(parseLogLevel(text)).toBe(level)
})

test.each(['fatal', 'panic', '', 'infos', 'info+x'])('log level %j is refused', (text) => {
  expect(() => parseLogLevel(text)).toThrow('--log-level wants')
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [135_900_000, '135.9 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
