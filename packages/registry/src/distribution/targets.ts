import { type Log, silentLog } from '@apkts/diagnostics'
import { openTransport, realWaiting, type Transport, type Waiting } from '@apkts/http'
import type { Reference } from '../reference.ts'
import { type Credentials, type Environment, findCredentials } from './credentials.ts'
import { openRepository, type RemoteRepository } from './repository.ts'

export interface ConnectOptions {
  /** At least one. */
  readonly references: readonly Reference[]
  readonly userAgent: string
  /** Credentials, proxies and authorities are looked up here. */
  readonly env: Environment
  readonly signal?: AbortSignal | undefined
  readonly log?: Log | undefined
  /** Further repositories of the same registries that may have layers already. */
  readonly mountFrom?: readonly string[] | undefined
  /** Clock and pauses, for tests. */
  readonly waiting?: Waiting | undefined
  /** Overrides the lookup of credentials. */
  readonly credentials?: Credentials | undefined
}

/** One repository of those that references name. */
export interface Target {
  readonly registry: string
  readonly repository: string
  /** The references to it. */
  readonly references: readonly Reference[]
  /** Repositories of the same registry that may have its blobs: those before it, and those named. */
  readonly mountFrom: readonly string[]
}

/** Repositories in the order in which references first name them. */
export function targetsOf({ references, mountFrom = [] }: ConnectOptions): Target[] {
  const targets: Target[] = []
  for (const { registry, repository } of references) {
    const earlier = targets.filter((target) => target.registry === registry).map((target) => target.repository)
    if (earlier.includes(repository)) continue
    const own = references.filter((other) => other.registry === registry && other.repository === repository)
    const lenders = new Set([...earlier, ...mountFrom])
    lenders.delete(repository)
    targets.push({ registry, repository, references: own, mountFrom: [...lenders] })
  }
  return targets
}

/** Registries check large layers before they answer. */
const HEADERS_TIMEOUT = 300_000

/** Runs `use` for one target after the other, connections being kept in between. */
export async function forEachTarget(
  options: ConnectOptions,
  use: (target: Target, transport: Transport) => Promise<void>,
): Promise<void> {
  const transport = openTransport({ env: options.env, headersTimeout: HEADERS_TIMEOUT })
  try {
    for (const target of targetsOf(options)) await use(target, transport)
  } finally {
    await transport.close()
  }
}

/** Logs in to a target. @throws RegistryError `REGISTRY_UNREACHABLE`, `UNAUTHORIZED`, `CREDENTIALS_UNREADABLE` */
export async function connect(
  target: Target,
  options: ConnectOptions,
  transport: Transport,
  signal: AbortSignal | undefined,
): Promise<RemoteRepository> {
  const { registry, repository, mountFrom } = target
  const { userAgent, log = silentLog, waiting = realWaiting } = options
  const credentials = options.credentials ?? (await findCredentials(target, options.env))
  const shared = { transport, waiting, log, signal, userAgent }
  return openRepository({ ...shared, registry, repository, credentials, readable: mountFrom })
}
