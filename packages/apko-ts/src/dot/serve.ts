import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { ApkoError } from '../error.ts'

export interface ServeOptions {
  /** Dot text with these nodes first. */
  draw(first: readonly string[]): string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the server. */
  readonly signal: AbortSignal
  /** Told once the graph can be looked at. */
  onReady(url: string): void
}

/**
 * Shows a graph as SVG on a free port of loopback until the signal aborts; `?node=NAME` puts nodes first.
 * @throws ApkoError `GRAPHVIZ` when the program `dot` cannot draw it
 */
export async function serveGraph({ draw, env, signal, onReady }: ServeOptions): Promise<void> {
  await renderSvg(draw([]), env)
  const server = createServer((request, response) => {
    answer(request, response, async (first) => renderSvg(draw(first), env)).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`${messageOf(error)}\n`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  if (!signal.aborted) await once(signal, 'abort')
  server.closeAllConnections()
  server.close()
}

async function answer(
  { url = '/', method, headers }: IncomingMessage,
  response: ServerResponse,
  render: (first: readonly string[]) => Promise<Uint8Array>,
): Promise<void> {
  // A page of another site that got a name for loopback would come with that name.
  const isHere = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  if (!isHere || pathname !== '/' || method !== 'GET') {
    response.writeHead(404).end()
    return
  }
  const svg = await render(searchParams.getAll('node'))
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  response.writeHead(200, { 'content-type': 'image/svg+xml', 'content-security-policy': policy }).end(svg)
}

async function renderSvg(text: string, env: ServeOptions['env']): Promise<Uint8Array> {
  try {
    const child = spawn('dot', ['-Tsvg'], { env, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => {}) // told by the exit status
    child.stdin.end(text)
    const [svg, complaint, [status]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'exit'),
    ])
    if (status === 0) return svg
    throw new ApkoError('GRAPHVIZ', `the program dot cannot draw the graph: ${complaint.toString('utf8').trim()}`)
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT') && !isSystemError(cause, 'ENOTDIR')) throw cause
    throw new ApkoError('GRAPHVIZ', 'the program dot, which draws the graph, is not installed', {
      cause,
      hint: 'on Debian or Ubuntu: sudo apt-get install graphviz; or draw it elsewhere: apko-ts dot CONFIG > image.dot',
    })
  }
}
