import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf } from '@apkts/encoding'

export interface RegistryServer {
  /** `127.0.0.1:<port>` */
  readonly host: string
  /** `METHOD path status` of every request. */
  readonly requests: readonly string[]
  /** Content of blobs and manifests by digest, and digests by `repository:tag`. */
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly manifests: ReadonlyMap<string, Buffer>
  readonly tags: ReadonlyMap<string, string>
  close(): Promise<void>
}

export interface RegistryBehaviour {
  readonly auth?: 'basic' | 'bearer'
  /** Answers with this status instead, for requests it names, the given number of times. */
  readonly trouble?: { readonly method: string; readonly path: RegExp; readonly status: number; times: number }
  /** Number of requests a token is good for. */
  readonly tokenUses?: number
}

export const USER = 'user'
export const PASSWORD = 'pass:word'
const BASIC = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`

/** A registry in memory on loopback, with the parts of the distribution-spec that pushing needs. */
export async function startRegistry(behaviour: RegistryBehaviour = {}): Promise<RegistryServer> {
  const requests: string[] = []
  const state: State = { blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map(), uses: 0 }
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    answer({ request, response, body, state, behaviour, host: hostOf(server) })
    requests.push(`${request.method} ${request.url} ${response.statusCode}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: hostOf(server),
    requests,
    ...state,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

interface State {
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, Buffer>
  readonly tags: Map<string, string>
  readonly uploads: Map<string, Buffer>
  uses: number
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly state: State
  readonly behaviour: RegistryBehaviour
  readonly host: string
}

function hostOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function answer(call: Call): ServerResponse {
  const { request, behaviour } = call
  const url = new URL(request.url ?? '/', `http://${call.host}`)
  const { trouble } = behaviour
  if (
    trouble !== undefined &&
    trouble.times > 0 &&
    request.method === trouble.method &&
    trouble.path.test(url.pathname)
  ) {
    trouble.times -= 1
    return reply(call, trouble.status, {}, '{"errors":[{"code":"TROUBLE","message":"made up"}]}')
  }
  if (url.pathname === '/token') return token(call, url)
  if (!isAllowed(call)) return challenge(call)
  if (url.pathname === '/v2/') return reply(call, 200)
  const match = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(url.pathname)
  if (match === null) return reply(call, 404)
  const [, repository = '', kind, name = ''] = match
  if (kind === 'manifests') return manifest(call, repository, name)
  return kind === 'blobs' ? blob(call, repository, name) : upload(call, { repository, name, url })
}

function isAllowed({ request, behaviour, state }: Call): boolean {
  const { authorization } = request.headers
  if (behaviour.auth === undefined) return true
  if (behaviour.auth === 'basic') return authorization === BASIC
  return authorization === `Bearer t${Math.floor(state.uses++ / (behaviour.tokenUses ?? Infinity)) || 0}`
}

function challenge(call: Call): ServerResponse {
  const value =
    call.behaviour.auth === 'basic'
      ? 'Basic realm="here"'
      : `Bearer realm="http://${call.host}/token",service="the service",scope="wrong"`
  return reply(call, 401, { 'www-authenticate': value })
}

function token(call: Call, url: URL): ServerResponse {
  const { request, state, behaviour } = call
  const wanted =
    url.searchParams.get('service') === 'the service' && url.searchParams.get('scope')?.endsWith(':push,pull')
  if (request.headers.authorization !== BASIC || !wanted) return reply(call, 401)
  const number = Math.floor(state.uses / (behaviour.tokenUses ?? Infinity)) || 0
  return reply(call, 200, {}, JSON.stringify({ token: `t${number}` }))
}

function manifest(call: Call, repository: string, name: string): ServerResponse {
  const { request, state, body } = call
  const digest = name.startsWith('sha256:') ? name : (state.tags.get(`${repository}:${name}`) ?? '')
  if (request.method === 'HEAD') {
    const known = state.manifests.has(`${repository} ${digest}`)
    return reply(call, known ? 200 : 404, known ? { 'docker-content-digest': digest } : {})
  }
  const stored = digestOf(body)
  state.manifests.set(`${repository} ${stored}`, body)
  if (!name.startsWith('sha256:')) state.tags.set(`${repository}:${name}`, stored)
  return reply(call, name.startsWith('sha256:') && name !== stored ? 400 : 201)
}

function blob(call: Call, repository: string, digest: string): ServerResponse {
  return reply(call, call.state.blobs.has(`${repository} ${digest}`) ? 200 : 404)
}

function upload(call: Call, { repository, name, url }: { repository: string; name: string; url: URL }): ServerResponse {
  const { request, state, body } = call
  const id = name || `upload-${state.uploads.size}`
  const location = `/v2/${repository}/blobs/uploads/${id}?state=x`
  if (request.method === 'POST') state.uploads.set(id, Buffer.alloc(0))
  if (request.method === 'PATCH') state.uploads.set(id, body)
  if (request.method !== 'PUT') return reply(call, 202, { location })
  const digest = url.searchParams.get('digest') ?? ''
  const bytes = state.uploads.get(id) ?? Buffer.alloc(0)
  if (digestOf(bytes) !== digest || url.searchParams.get('state') !== 'x') return reply(call, 400)
  state.blobs.set(`${repository} ${digest}`, bytes)
  return reply(call, 201)
}

function reply({ response }: Call, status: number, headers: Record<string, string> = {}, text = ''): ServerResponse {
  return response.writeHead(status, headers).end(text)
}
