import { createServer } from 'node:net'
import { Failure } from './failure.mjs'

const PATIENCE_MS = 10_000

/** A loopback port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Asks a started server over loopback HTTP, stops it, and returns what it answered. */
export async function ask(server, report) {
  try {
    await untilHealthy(server)
    const greeting = await get(`${server.url}/hello/quickstart`)
    const about = await get(`${server.url}/about`)
    for (const { url, body } of [greeting, about]) report(`GET ${new URL(url).pathname} → ${body}`)
    return { runtime: server.runtime, greeting: greeting.body, about: about.body }
  } finally {
    const status = await server.stop()
    report(`stopped with SIGTERM, exit status ${status}`)
    if (status !== 0) process.exitCode = 1
  }
}

async function untilHealthy({ url }) {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await get(`${url}/health`)
    } catch (error) {
      if (Date.now() > deadline) throw new Failure(`no answer from ${url}: ${error.message}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), headers: { connection: 'close' } })
  const body = (await response.text()).trim()
  if (!response.ok) throw new Failure(`${url} answered ${response.status}: ${body}`)
  return { url, body }
}
