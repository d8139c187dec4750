import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sha1Hex } from '@apkts/encoding'
import type { ServerSpec } from './case.ts'

export interface CaseServer {
  /** Without a slash at its end. */
  readonly url: string
  /** The same with user and password in it, if there are any. */
  readonly login: string
  /** What was asked for since the last call: `METHOD path status`, each once, sorted. */
  takeRequests(): string[]
  close(): void
}

/** Serves the inputs of a case on loopback, as the case wants it. */
export async function serveCase(directory: string, spec: ServerSpec): Promise<CaseServer> {
  const requests = new Set<string>()
  const server = createServer(async (request, response) => {
    const { method = '', url = '/', headers } = request
    const status = await answer(directory, spec, request, response)
    // HEAD only asks whether what is known still holds; which program needs to ask depends on what it knows.
    if (method !== 'HEAD')
      requests.add(`${method} ${url} ${status}${headers.authorization === undefined ? '' : ' with credentials'}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    login: spec.password === undefined ? `http://${host}` : `http://${spec.password}@${host}`,
    takeRequests() {
      const taken = [...requests].sort()
      requests.clear()
      return taken
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  directory: string,
  spec: ServerSpec,
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const end = (status: number, more: Record<string, string> = {}, body?: Uint8Array) => {
    response.writeHead(status, more).end(method === 'HEAD' ? undefined : body)
    return status
  }
  const path = decodeURIComponent(url.replace(/[?#].*$/, ''))
  if (spec.password !== undefined && !isAllowed(headers.authorization, spec.password)) return end(401)
  if (spec.redirects === true && !path.startsWith('/moved/')) return end(302, { location: `/moved${url}` })
  const forced = spec.status?.find(({ suffix }) => path.endsWith(suffix))
  if (forced !== undefined) return end(forced.status)
  const content = await readFile(join(directory, path.replace(/^\/moved\//, '/'))).catch(() => undefined)
  if (content === undefined) return end(404)
  const tag = sha1Hex(content).slice(0, 12)
  const etags = { none: {}, strong: { etag: `"${tag}"` }, weak: { etag: `W/"${tag}"` }, bare: { etag: tag } }
  return end(200, { ...etags[spec.etag ?? 'strong'], 'content-length': String(content.length) }, content)
}

function isAllowed(authorization: string | undefined, password: string): boolean {
  return authorization === `Basic ${Buffer.from(password).toString('base64')}`
}
