import type { Transport, TransportOptions } from './types.ts'

/**
 * A transport over pooled connections that honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Connects on first use, and loads
 * what that takes only then: many commands find everything on this machine.
 */
export function openTransport(options: TransportOptions): Transport {
  let opened: Promise<Transport> | undefined
  const open = async (): Promise<Transport> => (await import('./transport.ts')).openConnections(options)
  return {
    async exchange(exchange) {
      opened ??= open()
      return (await opened).exchange(exchange)
    },
    async close() {
      await (await opened)?.close()
    },
  }
}
