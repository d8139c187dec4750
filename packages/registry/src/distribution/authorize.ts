import { DiagnosticError } from '@apkts/diagnostics'
import { codeOf, type Exchange } from '@apkts/http'
import { RegistryError } from '../error.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { type Answer, type RequestOptions, sendRequest } from './requests.ts'

export interface AuthorizeInput extends RequestOptions {
  readonly challenge: Challenge
  readonly credentials: Credentials | undefined
  /** Such as `repository:team/app:push,pull`. */
  readonly scopes: readonly string[]
  readonly registry: string
  /** The registry is spoken to over HTTPS. */
  readonly isSecure: boolean
}

/**
 * The `Authorization` header that meets a challenge: Basic, or a token fetched for it (distribution, token authentication).
 * @throws RegistryError `UNAUTHORIZED`
 */
export async function authorize(input: AuthorizeInput): Promise<string> {
  const { challenge, credentials, registry } = input
  if (credentials?.registryToken !== undefined) return `Bearer ${credentials.registryToken}`
  if (challenge.scheme === 'bearer') return `Bearer ${await fetchToken(input)}`
  if (credentials === undefined) throw unauthorized(registry, 'it wants a user name and password')
  return basic(credentials)
}

export interface RefusedLogin {
  readonly registry: string
  readonly credentials: Credentials | undefined
}

/** The error for credentials that do not help; says where they are from, never what they are. */
export function refusedCredentials({ registry, credentials }: RefusedLogin, status: number, by = 'it'): RegistryError {
  const what =
    credentials === undefined
      ? 'does not let anybody in without credentials'
      : `refuses the credentials ${from(credentials)}`
  return unauthorized(registry, `${by} ${what} (status ${status})`)
}

function from({ source }: Credentials): string {
  return source === undefined ? 'given' : `from ${source}`
}

async function fetchToken(input: AuthorizeInput): Promise<string> {
  const { registry, challenge, isSecure } = input
  const realm = challenge.parameters.get('realm') ?? ''
  if (!URL.canParse(realm)) throw unauthorized(registry, 'its challenge has no realm to get a token from')
  const url = new URL(realm)
  if (isSecure && url.protocol !== 'https:') {
    throw unauthorized(registry, `it wants the credentials sent to ${url.host} without encryption`)
  }
  const answer = await ask(tokenRequest(url, input), input)
  if (answer.status === 401 || answer.status === 403) throw refusedCredentials(input, answer.status, url.host)
  if (answer.status !== 200) throw unauthorized(registry, `${url.host} answers with status ${answer.status}`)
  const token = tokenOf(answer.text)
  if (token === undefined) throw unauthorized(registry, `${url.host} answers without a token`)
  return token
}

async function ask(request: Exchange, input: AuthorizeInput): Promise<Answer> {
  try {
    return await sendRequest(request, input)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === undefined || cause instanceof DiagnosticError || input.signal?.aborted === true) throw cause
    throw new RegistryError(
      'UNAUTHORIZED',
      `cannot log in to ${input.registry}: its token server ${request.url.host} does not answer (${code})`,
      { cause, hint: 'Try again later.' },
    )
  }
}

function tokenRequest(realm: URL, { challenge, credentials, scopes }: AuthorizeInput) {
  const service = challenge.parameters.get('service') ?? ''
  if (credentials?.identityToken !== undefined)
    return oauthRequest(realm, credentials.identityToken, { service, scopes })
  const url = new URL(realm)
  if (service !== '') url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) }
  return { method: 'GET', url, headers } as const
}

function oauthRequest(url: URL, token: string, { service, scopes }: { service: string; scopes: readonly string[] }) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: token,
    service,
    scope: scopes.join(' '),
    client_id: 'apko-ts',
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url, headers, body: form.toString() } as const
}

function tokenOf(text: string): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as { token?: unknown; access_token?: unknown }
    const found = token ?? accessToken
    return typeof found === 'string' && found !== '' ? found : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
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
