import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'

export interface StaticServer {
  /** Without a slash at its end. */
  readonly url: string
  close(): void
}

/** Serves the files below a directory on the loopback interface. */
export async function serveFiles(directory: string): Promise<StaticServer> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = join(directory, normalize(decodeURIComponent(url)))
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile()) createReadStream(path).pipe(response.writeHead(200, { 'content-length': found.size }))
    else response.writeHead(404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
