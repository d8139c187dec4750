import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface DirectoryServer {
  readonly url: string
  /** Paths asked for. */
  readonly served: string[]
  close(): void
}

/** Serves the files of a directory on loopback; with `authorization`, only to who sends that header. */
export async function serveDirectory(directory: string, authorization?: string): Promise<DirectoryServer> {
  const served: string[] = []
  const server = createServer(async (request, response) => {
    served.push(request.url ?? '')
    const isAllowed = authorization === undefined || request.headers.authorization === authorization
    const file = isAllowed ? await readFile(join(directory, request.url ?? '')).catch(() => undefined) : undefined
    response.writeHead(file !== undefined ? 200 : isAllowed ? 404 : 401).end(file)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, served, close: () => server.close() }
}
