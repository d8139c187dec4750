import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveGraph } from '../src/dot/serve.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-dot-'))
  // Draws nothing, but shows what it was given.
  await program('echo', '#!/bin/sh\necho "<svg>"; cat; echo "</svg>"\n')
  await program('broken', '#!/bin/sh\ncat >/dev/null\necho "syntax error in line 1" >&2\nexit 1\n')
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function program(name: string, script: string): Promise<void> {
  await mkdir(join(home, name))
  await writeFile(join(home, name, 'dot'), script)
  await chmod(join(home, name, 'dot'), 0o755)
}

const envOf = (name: string) => ({ PATH: `${join(home, name)}:/usr/bin:/bin` })

/** Serves a graph while `use` looks at it. */
async function whileServed(use: (url: string) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  let used: Promise<void> = Promise.reject(new Error('never ready'))
  used.catch(() => {})
  await serveGraph({
    draw: (first) => `digraph {${first.join()}}`,
    env: envOf('echo'),
    signal: stop.signal,
    onReady: (url) => {
      used = use(url).finally(() => stop.abort())
    },
  })
  await used
}

function ask(
  url: string,
  host?: string,
): Promise<{ status: number | undefined; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host }
    get(url, { headers }, async (response) => {
      resolve({ status: response.statusCode, type: response.headers['content-type'], body: await text(response) })
    }).on('error', reject)
  })
}

describe('dot --web', () => {
  test('shows what dot draws, with the nodes asked for first', async () => {
    await whileServed(async (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
      expect(await ask(url)).toEqual({ status: 200, type: 'image/svg+xml', body: '<svg>\ndigraph {}</svg>\n' })
      expect((await ask(`${url}?node=a&node=b%2Bc`)).body).toContain('digraph {a,b+c}')
    })
  })

  test('answers nothing else, and nobody who came by another name', async () => {
    await whileServed(async (url) => {
      expect((await ask(`${url}etc/passwd`)).status).toBe(404)
      expect((await ask(url, 'rebound.example')).status).toBe(404)
    })
  })

  test.each([
    ['is not installed', { PATH: '/dev/null' }, /is not installed/],
    ['is in no directory', () => ({ PATH: home }), /is not installed/],
    ['cannot draw', () => envOf('broken'), /syntax error in line 1/],
  ])('says so at once when dot %s', async (_, env, message) => {
    const options = { draw: () => 'x', signal: new AbortController().signal, onReady: () => {} }
    const found = typeof env === 'function' ? env() : env
    await expect(serveGraph({ ...options, env: found })).rejects.toThrow(message)
  })
})
