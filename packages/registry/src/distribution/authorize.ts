import { RegistryError } from '../error.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { Exchange, Transport } from './transport.ts'

export interface AuthorizeInput {
  readonly challenge: Challenge
  readonly credentials: Credentials | undefined
  /** Such as `repository:team/app:push,pull`. */
  readonly scope: string
  readonly registry: string
  readonly transport: Transport
}

/**
 * The `Authorization` header that meets a challenge: Basic, or a token fetched for it.
 * @throws RegistryError `UNAUTHORIZED`
 */
export async function authorize(input: AuthorizeInput): Promise<string> {
  const { challenge, credentials, registry } = input
  if (challenge.scheme === 'bearer') return `Bearer ${await fetchToken(input)}`
  if (credentials === undefined) throw unauthorized(registry, 'it wants a user name and password')
  return basic(credentials)
}

async function fetchToken(input: AuthorizeInput): Promise<string> {
  const { registry, transport } = input
  const request = tokenRequest(input)
  const answer = await transport.exchange(request)
  if (answer.status !== 200) throw unauthorized(registry, `${request.url.host} answers with status ${answer.status}`)
  const token = tokenOf(answer.text)
  if (token === undefined) throw unauthorized(registry, `${request.url.host} answers without a token`)
  return token
}

function tokenRequest({ challenge, credentials, scope, registry }: AuthorizeInput): Exchange {
  const realm = URL.canParse(challenge.parameters.get('realm') ?? '')
  if (!realm) throw unauthorized(registry, 'its challenge has no realm to get a token from')
  const url = new URL(challenge.parameters.get('realm')!)
  const service = challenge.parameters.get('service') ?? ''
  if (credentials?.identityToken !== undefined) return oauthRequest(url, credentials.identityToken, { service, scope })
  if (service !== '') url.searchParams.set('service', service)
  url.searchParams.set('scope', scope)
  const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) }
  return { method: 'GET', url, headers }
}

function oauthRequest(url: URL, token: string, { service, scope }: { service: string; scope: string }): Exchange {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: token,
    service,
    scope,
    client_id: 'apko-ts',
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url, headers, body: () => form.toString() }
}

function tokenOf(text: string): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as { token?: unknown; access_token?: unknown }
    const found = token ?? accessToken
    return typeof found === 'string' && found !== '' ? found : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function unauthorized(registry: string, problem: string): RegistryError {
  return new RegistryError('UNAUTHORIZED', `cannot log in to ${registry}: ${problem}`, {
    hint: `log in first: apko-ts login ${registry}`,
  })
}
