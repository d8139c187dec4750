import { randomUUID, sign, X509Certificate } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Identity } from './test-ca.ts'

export interface TokenServer {
  /** Where tokens are to be had. */
  readonly realm: string
  /** Scopes that were asked for, in order. */
  readonly asked: readonly string[][]
  stop(): Promise<void>
}

export interface TokenPolicy {
  readonly identity: Identity
  readonly user: string
  readonly password: string
  /** Whether the user may do that in a repository. */
  allows(repository: string, action: string): boolean
}

export const ISSUER = 'test issuer'
export const SERVICE = 'test registry'

/** A token server on loopback as docker-registry trusts one (distribution, token authentication implementation). */
export async function startTokenServer(policy: TokenPolicy): Promise<TokenServer> {
  const asked: string[][] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const scopes = url.searchParams.getAll('scope')
    asked.push(scopes)
    const subject = userOf(request, policy)
    if (subject === undefined) return response.writeHead(401).end()
    return response.end(JSON.stringify({ token: tokenFor(subject, scopes, policy) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Anybody may ask; only the right password makes somebody of them. */
function userOf({ headers }: IncomingMessage, { user, password }: TokenPolicy): string | undefined {
  if (headers.authorization === undefined) return ''
  const right = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return headers.authorization === right ? user : undefined
}

function tokenFor(subject: string, scopes: readonly string[], { identity, allows }: TokenPolicy): string {
  const access = scopes.map((scope) => {
    const [type, name = '', actions = ''] = scope.split(':')
    const granted = actions.split(',').filter((action) => (subject === '' ? action === 'pull' : allows(name, action)))
    return { type, name, actions: granted }
  })
  const now = Math.floor(Date.now() / 1000)
  const times = { iat: now, nbf: now - 10, exp: now + 300 }
  const payload = { iss: ISSUER, aud: SERVICE, sub: subject, jti: randomUUID(), access, ...times }
  const certificate = new X509Certificate(identity.cert).raw.toString('base64')
  const text = [{ typ: 'JWT', alg: 'RS256', x5c: [certificate] }, payload].map(base64url).join('.')
  return `${text}.${sign('sha256', Buffer.from(text), identity.key).toString('base64url')}`
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
