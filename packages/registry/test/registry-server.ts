import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '@apkts/encoding'

export interface RegistryServer {
  /** `127.0.0.1:<port>` */
  readonly host: string
  /** `METHOD path status` of every request. */
  readonly requests: readonly string[]
  /** Most PATCH requests under way at the same time. */
  readonly mostAtOnce: number
  /** Bytes of uploads that arrived. */
  readonly received: number
  /** Content of blobs and manifests by digest, and digests by `repository:tag`. */
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly manifests: ReadonlyMap<string, Buffer>
  readonly tags: ReadonlyMap<string, string>
  close(): Promise<void>
}

export interface RegistryBehaviour {
  readonly auth?: 'basic' | 'bearer'
  /** Answers with this status (0: hangs up) instead, for requests it names, the given number of times. */
  readonly trouble?: {
    readonly method: string
    readonly path: RegExp
    readonly status: number
    times: number
    /** Code of the error document; default `TROUBLE`. */
    readonly reason?: string
    readonly headers?: Record<string, string>
  }
  /** Number of requests a token is good for. */
  readonly tokenUses?: number
  /** Breaks the connection of PATCH requests when so many bytes of them came, the given number of times. */
  readonly cut?: { readonly after: number; times: number }
  /** Forgets uploads whose connection broke. */
  readonly forgetsUploads?: boolean
  /** Refuses larger requests. */
  readonly maxBody?: number
  /** `OCI-Chunk-Min-Length`. */
  readonly minChunk?: number
  /** Lists referrers itself (distribution-spec 1.1). */
  readonly referrers?: boolean
  /** Where blobs are asked for and uploads go, instead of here. */
  readonly elsewhere?: string
  /** Milliseconds between the end of a PATCH request and its answer. */
  readonly thinks?: number
  /** Receives other bytes than were sent, the given number of times. */
  readonly garbles?: { times: number }
  /** Sends readers of blobs to another host, which wants no credentials and gets none. */
  readonly redirects?: boolean
  /** What is handed out instead of a blob or manifest. */
  readonly forges?: (kept: Buffer) => Buffer
}

export const USER = 'user'
export const PASSWORD = 'pass:word'
const BASIC = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`

/** A registry in memory on loopback, with the parts of the distribution-spec that pushing needs. */
export async function startRegistry(behaviour: RegistryBehaviour = {}): Promise<RegistryServer> {
  const requests: string[] = []
  const state: State = {
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    uploads: new Map(),
    uses: 0,
    received: 0,
    begun: 0,
    atOnce: 0,
    mostAtOnce: 0,
  }
  const server = createServer(async (request, response) => {
    if (request.method === 'PATCH') state.mostAtOnce = Math.max(state.mostAtOnce, ++state.atOnce)
    const body = await receive(request, state, behaviour).catch(() => undefined) // the client broke off
    if (request.method === 'PATCH' && behaviour.thinks !== undefined) await sleep(behaviour.thinks)
    if (request.method === 'PATCH') state.atOnce -= 1
    if (body === undefined) {
      requests.push(`${request.method} ${request.url} cut`)
      return
    }
    answer({ request, response, body, state, behaviour, host: hostOf(server) })
    requests.push(`${request.method} ${request.url} ${response.statusCode}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: hostOf(server),
    requests,
    ...state,
    get received() {
      return state.received
    },
    get mostAtOnce() {
      return state.mostAtOnce
    },
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
  received: number
  begun: number
  atOnce: number
  mostAtOnce: number
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

/** The body of a request; undefined when the connection was broken, what came by then being kept. */
async function receive(
  request: IncomingMessage,
  state: State,
  { cut, forgetsUploads }: RegistryBehaviour,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (request.method === 'PATCH') state.received += (chunk as Buffer).length
    if (request.method !== 'PATCH' || cut === undefined || cut.times === 0 || size < cut.after) continue
    cut.times -= 1
    const id = uploadId(request)
    if (forgetsUploads === true) state.uploads.delete(id)
    else state.uploads.set(id, Buffer.concat([state.uploads.get(id) ?? Buffer.alloc(0), ...chunks]))
    request.socket.resetAndDestroy()
    return undefined
  }
  return Buffer.concat(chunks)
}

function uploadId({ url = '' }: IncomingMessage): string {
  return /uploads\/([^?]*)/.exec(url)?.[1] ?? ''
}

function answer(call: Call): ServerResponse {
  const { request, response, behaviour } = call
  const url = new URL(request.url ?? '/', `http://${call.host}`)
  const { trouble } = behaviour
  if (
    trouble !== undefined &&
    trouble.times > 0 &&
    request.method === trouble.method &&
    trouble.path.test(url.pathname)
  ) {
    trouble.times -= 1
    if (trouble.status === 0) return response.destroy()
    const errors = [{ code: trouble.reason ?? 'TROUBLE', message: 'made up' }]
    return reply(call, trouble.status, trouble.headers ?? {}, JSON.stringify({ errors }))
  }
  if (url.pathname === '/token') return token(call, url)
  if (url.pathname.startsWith('/elsewhere/')) return elsewhere(call, url)
  if (!isAllowed(call)) return challenge(call)
  if (url.pathname === '/v2/') return reply(call, 200)
  const match = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|referrers)\/(.*)$/.exec(url.pathname)
  if (match === null) return reply(call, 404)
  const [, repository = '', kind, name = ''] = match
  if (kind === 'manifests') return manifest(call, repository, name)
  if (kind === 'referrers') return referrers(call, repository, name)
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
    url.searchParams.get('service') === 'the service' && url.searchParams.get('scope')?.match(/:(push,)?pull$/)
  if (request.headers.authorization !== BASIC || !wanted) return reply(call, 401)
  const number = Math.floor(state.uses / (behaviour.tokenUses ?? Infinity)) || 0
  return reply(call, 200, {}, JSON.stringify({ token: `t${number}` }))
}

function manifest(call: Call, repository: string, name: string): ServerResponse {
  const { request, state, body } = call
  const digest = name.startsWith('sha256:') ? name : (state.tags.get(`${repository}:${name}`) ?? '')
  if (request.method === 'HEAD' || request.method === 'GET') {
    const known = state.manifests.get(`${repository} ${digest}`)
    if (known === undefined) return reply(call, 404)
    const text = request.method === 'GET' ? handedOut(call, known) : ''
    return reply(call, 200, { 'docker-content-digest': digest }, text)
  }
  const stored = digestOf(body)
  state.manifests.set(`${repository} ${stored}`, body)
  if (!name.startsWith('sha256:')) state.tags.set(`${repository}:${name}`, stored)
  const { subject } = JSON.parse(body.toString()) as { subject?: { digest: string } }
  const headers = subject !== undefined && call.behaviour.referrers === true ? { 'oci-subject': subject.digest } : {}
  return reply(call, name.startsWith('sha256:') && name !== stored ? 400 : 201, headers)
}

function referrers(call: Call, repository: string, subject: string): ServerResponse {
  if (call.behaviour.referrers !== true) return reply(call, 404)
  const manifests = [...call.state.manifests]
    .filter(
      ([key, body]) => key.startsWith(`${repository} `) && JSON.parse(body.toString()).subject?.digest === subject,
    )
    .map(([key, body]) => ({
      digest: key.split(' ')[1],
      size: body.length,
      artifactType: JSON.parse(body.toString()).artifactType,
    }))
  return reply(call, 200, {}, JSON.stringify({ schemaVersion: 2, manifests }))
}

function blob(call: Call, repository: string, digest: string): ServerResponse {
  const { elsewhere } = call.behaviour
  if (elsewhere !== undefined) return reply(call, 307, { location: `${elsewhere}/blob/${digest}` })
  const known = call.state.blobs.get(`${repository} ${digest}`)
  if (known === undefined || call.request.method !== 'GET') return reply(call, known === undefined ? 404 : 200)
  if (call.behaviour.redirects !== true) return reply(call, 200, {}, handedOut(call, known))
  const location = `http://${call.host.replace('127.0.0.1', 'localhost')}/elsewhere/${repository}/${digest}`
  return reply(call, 307, { location })
}

function elsewhere(call: Call, { pathname }: URL): ServerResponse {
  if (call.request.headers.authorization !== undefined) return reply(call, 400)
  const [, repository = '', digest = ''] = /^\/elsewhere\/(.+)\/(sha256:.*)$/.exec(pathname) ?? []
  const known = call.state.blobs.get(`${repository} ${digest}`)
  return known === undefined ? reply(call, 404) : reply(call, 200, {}, handedOut(call, known))
}

function handedOut({ behaviour }: Call, kept: Buffer): Buffer {
  return behaviour.forges?.(kept) ?? kept
}

interface UploadPlace {
  readonly repository: string
  readonly name: string
  readonly url: URL
}

function upload(call: Call, place: UploadPlace): ServerResponse {
  const { request, state } = call
  if (request.method === 'POST') return beginUpload(call, place)
  const received = state.uploads.get(place.name)
  if (received === undefined) return reply(call, 404, {}, '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}')
  if (request.method === 'GET') return progress(call, place, 204)
  return request.method === 'PATCH' ? append(call, place, received) : commit(call, place, received)
}

function beginUpload(call: Call, place: UploadPlace): ServerResponse {
  const { state, behaviour } = call
  const { searchParams } = place.url
  const mounted = state.blobs.get(`${searchParams.get('from')} ${searchParams.get('mount')}`)
  if (mounted !== undefined) {
    state.blobs.set(`${place.repository} ${searchParams.get('mount')}`, mounted)
    return reply(call, 201)
  }
  const id = `upload-${state.begun++}`
  if (behaviour.elsewhere !== undefined) return reply(call, 202, { location: `${behaviour.elsewhere}/upload/${id}` })
  state.uploads.set(id, Buffer.alloc(0))
  const headers: Record<string, string> =
    behaviour.minChunk === undefined ? {} : { 'oci-chunk-min-length': String(behaviour.minChunk) }
  return progress(call, { ...place, name: id }, 202, headers)
}

function append(call: Call, place: UploadPlace, received: Buffer): ServerResponse {
  const { request, state, body, behaviour } = call
  if (body.length > (behaviour.maxBody ?? Infinity)) return reply(call, 413)
  const start = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? '0'
  if (Number(start) !== received.length) return progress(call, place, 416)
  state.uploads.set(place.name, Buffer.concat([received, body]))
  return progress(call, place, 202)
}

/** The location holds the offset, so that only whoever uses the newest one gets further. */
function progress(call: Call, { repository, name }: UploadPlace, status: number, headers = {}): ServerResponse {
  const size = call.state.uploads.get(name)?.length ?? 0
  const location = `/v2/${repository}/blobs/uploads/${name}?state=${size}`
  return reply(call, status, { location, range: `0-${Math.max(0, size - 1)}`, ...headers })
}

function commit(call: Call, { repository, name, url }: UploadPlace, received: Buffer): ServerResponse {
  const { state, behaviour } = call
  const digest = url.searchParams.get('digest') ?? ''
  const isGarbled = behaviour.garbles !== undefined && behaviour.garbles.times-- > 0
  if (digestOf(received) !== digest || isGarbled) {
    state.uploads.delete(name)
    return reply(call, 400, {}, '{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}')
  }
  if (url.searchParams.get('state') !== String(received.length)) return reply(call, 404)
  state.blobs.set(`${repository} ${digest}`, received)
  return reply(call, 201)
}

function reply(
  { response }: Call,
  status: number,
  headers: Record<string, string> = {},
  text: string | Buffer = '',
): ServerResponse {
  return response.writeHead(status, headers).end(text)
}
