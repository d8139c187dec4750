import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { freePort } from './bundle.ts'
import type { Identity } from './test-ca.ts'

export const USER = 'robot'
export const PASSWORD = 'a secret: of "ours"'

export interface Registry {
  /** `host:port`, as image references name it. */
  readonly host: string
  /** Requests that change something (`METHOD path`) since the last call. */
  takeUploads(): string[]
  stop(): Promise<void>
}

/** Who gives tokens for a registry, and the certificate of whoever signs them. */
export interface TokenAuthority {
  readonly realm: string
  readonly issuer: string
  readonly service: string
  readonly cert: string
}

/**
 * Starts Debian's registry on loopback. It wants USER and PASSWORD, or tokens, and speaks TLS when it is given an identity.
 */
export async function startRegistry(
  directory: string,
  identity?: Identity,
  tokens?: TokenAuthority,
): Promise<Registry> {
  await mkdir(directory, { recursive: true })
  const port = await freePort()
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify(await configuration(directory, port, identity, tokens)),
  )
  const child = spawn('docker-registry', ['serve', join(directory, 'config.json')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'exit')
  for (let i = 0; !output.includes('listening on'); i++) {
    if (child.exitCode !== null || i === 300) throw new Error(`docker-registry did not start: ${output}`)
    await sleep(100)
  }
  let seen = 0
  return {
    host: `${identity === undefined ? '127.0.0.1' : 'localhost'}:${port}`,
    takeUploads() {
      const fresh = output.slice(seen)
      seen = output.length
      return [...fresh.matchAll(/"((?:POST|PATCH|PUT|DELETE) \/v2\/[^ "]*) HTTP/g)].map(([, request = '']) => request)
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function configuration(
  directory: string,
  port: number,
  identity: Identity | undefined,
  tokens: TokenAuthority | undefined,
): Promise<object> {
  const auth = tokens === undefined ? await passwords(directory) : await tokensOf(directory, tokens)
  const tls = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  if (identity !== undefined) {
    await writeFile(tls.certificate, identity.cert)
    await writeFile(tls.key, identity.key)
  }
  return {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(directory, 'data') } },
    auth,
    http: { addr: `127.0.0.1:${port}`, ...(identity === undefined ? {} : { tls }) },
  }
}

async function tokensOf(directory: string, { cert, ...authority }: TokenAuthority): Promise<object> {
  const rootcertbundle = join(directory, 'tokens.pem')
  await writeFile(rootcertbundle, cert)
  return { token: { ...authority, rootcertbundle } }
}

async function passwords(directory: string): Promise<object> {
  const users = join(directory, 'htpasswd')
  const { stdout } = await execa('htpasswd', ['-niB', USER], { input: PASSWORD })
  await writeFile(users, stdout)
  return { htpasswd: { realm: 'test', path: users } }
}
