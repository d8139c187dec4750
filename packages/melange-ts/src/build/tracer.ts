import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { writeFileAtomic } from '@apkts/cache'
import type { Log } from '@apkts/diagnostics'
import { goJson, type JsonValue } from '@apkts/encoding'

/** Measures the phases of a run. */
export interface Tracer {
  /** Runs a phase; phases within it become its children. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Writes what was measured, where that is wanted. */
  close(): Promise<void>
}

interface Span {
  readonly id: string
  readonly name: string
  readonly parent: Span | undefined
  readonly start: number
  children: number
}

const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)

/**
 * A tracer that tells durations at debug level, and writes the spans to a file unless that is empty: one JSON object for each
 * finished span, as OpenTelemetry's exporter for standard output does (go.opentelemetry.io/otel/exporters/stdout/stdouttrace).
 */
export function createTracer({ file, log }: { readonly file: string; readonly log: Log }): Tracer {
  const trace = randomBytes(16).toString('hex')
  const current = new AsyncLocalStorage<Span>()
  const lines: string[] = []
  return {
    async span(name, work) {
      const parent = current.getStore()
      if (parent !== undefined) parent.children += 1
      const span: Span = { id: randomBytes(8).toString('hex'), name, parent, start: now(), children: 0 }
      try {
        return await current.run(span, work)
      } finally {
        const end = now()
        log.debug(`${name} took ${(end - span.start).toFixed(0)} ms`)
        if (file !== '') lines.push(`${goJson(spanJson(span, trace, end))}\n`)
      }
    },
    async close() {
      if (file !== '') await writeFileAtomic(file, lines.join(''))
    },
  }
}

/** Milliseconds since 1970, with fraction. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

function spanJson({ id, name, parent, start, children }: Span, trace: string, end: number): JsonValue {
  return {
    Name: name,
    SpanContext: context(trace, id),
    Parent: parent === undefined ? context(NO_TRACE, NO_SPAN) : context(trace, parent.id),
    SpanKind: 1,
    StartTime: timeText(start),
    EndTime: timeText(end),
    Attributes: null,
    Events: null,
    Links: null,
    Status: { Code: 'Unset', Description: '' },
    DroppedAttributes: 0,
    DroppedEvents: 0,
    DroppedLinks: 0,
    ChildSpanCount: children,
    Resource: [{ Key: 'service.name', Value: { Type: 'STRING', Value: 'melange-ts' } }],
    InstrumentationScope: { Name: 'melange', Version: '', SchemaURL: '', Attributes: null },
  }
}

function context(trace: string, span: string): JsonValue {
  return { TraceID: trace, SpanID: span, TraceFlags: trace === NO_TRACE ? '00' : '01', TraceState: '', Remote: false }
}

/** RFC 3339 with microseconds. */
function timeText(milliseconds: number): string {
  const micros = Math.floor((milliseconds % 1) * 1000)
  return new Date(milliseconds).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)
}
