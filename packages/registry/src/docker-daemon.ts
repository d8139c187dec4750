import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openTemporaryDirectory } from '@apkts/cache'
import { digestHex } from '@apkts/encoding'
import { codeOf, type Exchange, openTransport, readText, type Transport, type TransportOptions } from '@apkts/http'
import type { Image, ImageIndex } from '@apkts/oci'
import type { Environment } from './distribution/credentials.ts'
import { printable } from './distribution/refusal.ts'
import { writeImageArchive } from './docker-archive.ts'
import { RegistryError } from './error.ts'
import type { Reference } from './reference.ts'

/** Which image a daemon gets, under which names. */
export interface LoadOptions {
  readonly index: ImageIndex
  readonly references: readonly Reference[]
  /** DOCKER_HOST says where the daemon is; GOOS and GOARCH choose the image. */
  readonly env: Environment
  readonly signal?: AbortSignal | undefined
}

const DEFAULT_HOST = 'unix:///var/run/docker.sock'
/** Repository of images that only this machine has. */
const LOCAL = 'apko.local'
const HEADERS_TIMEOUT = 600_000
const MAX_ANSWER = 4 << 20

/**
 * Loads the image of one platform into the docker daemon (Docker Engine API: ImageLoad, ImageTag) as
 * `apko.local/cache:<manifest digest>` and gives it the tags. Returns that name. @throws RegistryError `DAEMON`
 */
export async function loadIntoDaemon({ index, references, env, signal }: LoadOptions): Promise<string> {
  const image = chooseImage(index, env)
  const repository = `${LOCAL}/cache`
  const name = `${repository}:${digestHex(image.manifest.digest)}`
  const daemon = { ...connect(env), signal }
  const directory = await openTemporaryDirectory('apko-')
  try {
    const archive = join(directory.path, 'image.tar')
    await writeImageArchive(archive, index, image, name)
    await load(daemon, archive)
    for (const reference of references) {
      if (reference.registry !== LOCAL) await addTag(daemon, name, reference)
    }
  } finally {
    await daemon.transport.close()
    await directory.close()
  }
  return name
}

/** The last image of the platform that GOOS and GOARCH name (linux and amd64 without them), else the first. */
export function chooseImage({ images }: ImageIndex, env: Environment): Image {
  const [os, architecture] = [env.GOOS || 'linux', env.GOARCH || 'amd64']
  const matching = images.filter(({ platform }) => platform.os === os && platform.architecture === architecture)
  return (matching.at(-1) ?? images[0])!
}

interface Daemon {
  readonly transport: Transport
  readonly base: URL
  /** For messages. */
  readonly host: string
  readonly signal?: AbortSignal | undefined
}

function connect(env: Environment): Daemon {
  const host = env.DOCKER_HOST || DEFAULT_HOST
  const options: TransportOptions = { env: {}, headersTimeout: HEADERS_TIMEOUT }
  if (host.startsWith('unix://')) {
    const transport = openTransport({ ...options, socketPath: host.slice('unix://'.length) })
    return { transport, base: new URL('http://docker/'), host }
  }
  const isPlain = /^(tcp|http):\/\//.test(host) && !env.DOCKER_TLS_VERIFY
  if (isPlain && URL.canParse(host.replace(/^tcp/, 'http'))) {
    return { transport: openTransport(options), base: new URL(host.replace(/^tcp/, 'http')), host }
  }
  throw new RegistryError('DAEMON', `DOCKER_HOST ${host} cannot be used: only unix:// sockets and tcp:// without TLS`, {
    hint: 'Build a tar instead, and load it there: apko-ts build CONFIG TAG image.tar && docker load -i image.tar',
  })
}

async function load(daemon: Daemon, archive: string): Promise<void> {
  const headers = { 'content-type': 'application/x-tar', 'content-length': String((await stat(archive)).size) }
  const answer = await ask(daemon, 'images/load?quiet=1', { headers, body: () => createReadStream(archive) })
  const problem = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(answer.text)?.[1]
  if (answer.status !== 200 || problem !== undefined) throw refused(daemon, 'load the image', answer, problem)
}

async function addTag(daemon: Daemon, name: string, { registry, repository, tag, digest }: Reference): Promise<void> {
  if (tag === undefined) throw new RegistryError('DAEMON', `a daemon gives no image the digest ${digest}: name a tag`)
  const query = new URLSearchParams({ repo: `${registry}/${repository}`, tag })
  const answer = await ask(daemon, `images/${name}/tag?${query}`, { headers: {} })
  if (answer.status !== 201) throw refused(daemon, `tag it ${registry}/${repository}:${tag}`, answer)
}

async function ask({ transport, base, host, signal }: Daemon, path: string, rest: Pick<Exchange, 'headers' | 'body'>) {
  try {
    const response = await transport.exchange({ method: 'POST', url: new URL(path, base), ...rest, signal })
    return { status: response.status, text: await readText(response, MAX_ANSWER) }
  } catch (cause) {
    const code = codeOf(cause)
    if (code === undefined || signal?.aborted === true) throw cause
    throw new RegistryError('DAEMON', `no docker daemon answers at ${host} (${code})`, {
      cause,
      hint: 'Start it, or let DOCKER_HOST name its socket, such as unix:///run/podman/podman.sock.',
    })
  }
}

function refused(
  { host }: Daemon,
  what: string,
  answer: { status: number; text: string },
  problem = answer.text,
): RegistryError {
  return new RegistryError(
    'DAEMON',
    `the daemon at ${host} does not ${what}: ${printable(problem)} (status ${answer.status})`,
  )
}
