import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Made anew for every attempt, because a stream can be read only once. */
  readonly body?: (() => Readable | Uint8Array | string) | undefined
}

export interface Answer {
  readonly status: number
  /** First value of a header, by lower-case name. */
  header(name: string): string | undefined
  readonly text: string
}

/** One HTTP exchange at a time over pooled connections. */
export interface Transport {
  exchange(request: Exchange): Promise<Answer>
  close(): Promise<void>
}

export interface TransportOptions {
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY are used. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** Answers of registries are small documents; more than this is not read. */
const MAX_ANSWER = 4 << 20

/** Opens a transport; its owner closes it. Connects on first use. */
export function openTransport(options: TransportOptions): Transport {
  let dispatcher: Promise<Dispatcher> | undefined
  return {
    async exchange({ method, url, headers, body }) {
      dispatcher ??= import('./dispatcher.ts').then(({ createDispatcher }) => createDispatcher(options.env))
      const response = await (await dispatcher).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        body: body?.() ?? null,
        signal: options.signal ?? null,
      })
      return {
        status: response.statusCode,
        header: (name) => [response.headers[name]].flat()[0],
        text: await readText(response.body),
      }
    },
    close: async () => {
      await (await dispatcher)?.destroy()
    },
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size <= MAX_ANSWER) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
