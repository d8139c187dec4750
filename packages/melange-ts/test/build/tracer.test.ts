import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { expect, test } from 'vitest'
import { createTracer } from '../../src/build/tracer.ts'

interface Written {
  readonly Name: string
  readonly SpanContext: { readonly TraceID: string; readonly SpanID: string }
  readonly Parent: { readonly SpanID: string }
  readonly StartTime: string
  readonly EndTime: string
  readonly ChildSpanCount: number
}

test('phases are written when they end, with their parents, also those that fail', async () => {
  const place = await mkdtemp(join(tmpdir(), 'tracer-'))
  const said: string[] = []
  const tracer = createTracer({
    file: join(place, 'spans'),
    log: { ...silentLog, debug: (text) => void said.push(text) },
  })
  const failing = tracer.span('outer', async () => {
    await Promise.all(['first', 'second'].map((name) => tracer.span(name, async () => name)))
    await tracer.span('third', async () => {
      throw new Error('no')
    })
  })
  await expect(failing).rejects.toThrow('no')
  await tracer.close()
  const lines = (await readFile(join(place, 'spans'), 'utf8')).trimEnd().split('\n')
  const spans = lines.map((line) => JSON.parse(line) as Written)
  expect(spans.map(({ Name, ChildSpanCount }) => [Name, ChildSpanCount])).toEqual([
    ['first', 0],
    ['second', 0],
    ['third', 0],
    ['outer', 3],
  ])
  const outer = spans[3]!
  expect(new Set(spans.slice(0, 3).map(({ Parent }) => Parent.SpanID))).toEqual(new Set([outer.SpanContext.SpanID]))
  expect(new Set(spans.map(({ SpanContext }) => SpanContext.TraceID)).size).toBe(1)
  for (const { StartTime, EndTime } of spans) {
    expect(StartTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    expect(StartTime <= EndTime).toBe(true)
  }
  expect(said).toHaveLength(4)
  await rm(place, { recursive: true })
})

test('without a file nothing is written', async () => {
  const tracer = createTracer({ file: '', log: silentLog })
  expect(await tracer.span('a', async () => 7)).toBe(7)
  await tracer.close()
})
