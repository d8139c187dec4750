import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on loopback that breaks connections. */
export interface CuttingProxy {
  /** `127.0.0.1:<port>` */
  readonly host: string
  /** Connections that were broken. */
  readonly cuts: number
  stop(): Promise<void>
}

/** Passes everything on to a port, but resets the first `times` connections that sent `after` bytes. */
export async function startCuttingProxy(port: number, after: number, times: number): Promise<CuttingProxy> {
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    let sent = 0
    client.on('data', (chunk) => {
      sent += chunk.length
      if (sent >= after && cuts < times) {
        cuts += 1
        client.resetAndDestroy()
        upstream.end(chunk)
      }
    })
    client.pipe(upstream)
    upstream.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    host: `127.0.0.1:${address.port}`,
    get cuts() {
      return cuts
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
