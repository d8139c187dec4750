import { homedir } from 'node:os'
import { join } from 'node:path'
import { RegistryError } from '../error.ts'
import { readFromHelper } from './credential-helper.ts'
import { type DockerAuth, type DockerConfig, readDockerConfig } from './docker-config.ts'

/** How a registry is told who asks. */
export interface Credentials {
  readonly username: string
  readonly password: string
  /** Exchanged for access tokens instead of a password. */
  readonly identityToken?: string | undefined
  /** Sent as it is, instead of a password. */
  readonly registryToken?: string | undefined
  /** Where they were found, for messages: a path, a helper, a variable. */
  readonly source?: string | undefined
}

export interface CredentialPlace {
  readonly registry: string
  readonly repository: string
}

export type Environment = Readonly<Record<string, string | undefined>>

const DOCKER_HUB = 'index.docker.io'
/** Under which Docker Hub's credentials are kept, for historical reasons. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'
const GITHUB_REGISTRY = 'ghcr.io'

/**
 * Credentials for a repository: from docker's configuration, else podman's, else `GITHUB_TOKEN` for GitHub's registry.
 * Undefined means anonymous. Throws `RegistryError` `CREDENTIALS_UNREADABLE`.
 */
export async function findCredentials(place: CredentialPlace, env: Environment): Promise<Credentials | undefined> {
  for (const path of configPaths(env)) {
    const config = await readDockerConfig(path)
    if (config === undefined) continue
    const found = await fromConfig(config, place, path)
    if (found !== undefined) return found
    break
  }
  return fromGithub(place, env)
}

/** Key under which a registry's credentials are kept. */
export function credentialKey(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry
}

/** Docker's configuration file. */
export function dockerConfigPath(env: Environment): string {
  return join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json')
}

function configPaths(env: Environment): string[] {
  const home = env.HOME || homedir()
  return [
    dockerConfigPath(env),
    env.REGISTRY_AUTH_FILE ?? '',
    env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'containers/auth.json') : '',
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'),
  ].filter((path) => path !== '')
}

async function fromConfig(
  config: DockerConfig,
  { registry, repository }: CredentialPlace,
  path: string,
): Promise<Credentials | undefined> {
  for (const key of keysFor(registry, repository)) {
    // Asking a store starts a program: for namespaces, which stores of docker do not know, it is not worth that.
    const isKnownToStores = key === `${registry}/${repository}` || key === credentialKey(registry)
    const helper = config.credHelpers?.[key] ?? (isKnownToStores ? config.credsStore : undefined)
    const found = helper === undefined ? undefined : await readFromHelper(helper, key)
    if (found !== undefined) return found
    const auth = config.auths?.[key] ?? authOfHost(config, key)
    const plain = auth === undefined ? undefined : decodeAuth(auth, key, path)
    if (plain !== undefined) return { ...plain, source: path }
  }
  return undefined
}

/** The repository, the namespaces around it (containers-auth.json(5)), the registry. */
function keysFor(registry: string, repository: string): string[] {
  const parts = repository.split('/')
  const paths = parts.map((_, i) => `${registry}/${parts.slice(0, parts.length - i).join('/')}`)
  return [...paths, credentialKey(registry)]
}

/** Keys may be URLs of the registry's API, as old versions of docker wrote them. */
function authOfHost({ auths = {} }: DockerConfig, host: string): DockerAuth | undefined {
  const key = Object.keys(auths).find((candidate) => /^https?:\/\/([^/]+)(\/v[12])?\/?$/.exec(candidate)?.[1] === host)
  return key === undefined ? undefined : auths[key]
}

function decodeAuth(auth: DockerAuth, key: string, path: string): Credentials | undefined {
  const identityToken = auth.identitytoken
  if (auth.registrytoken) return { username: '', password: '', registryToken: auth.registrytoken }
  if (auth.auth === undefined || auth.auth === '') {
    const { username = '', password = '' } = auth
    return username === '' && identityToken === undefined ? undefined : { username, password, identityToken }
  }
  const text = Buffer.from(auth.auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) {
    throw new RegistryError('CREDENTIALS_UNREADABLE', `${path}: the entry of ${key} is not base64 of user:password`)
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ''), identityToken }
}

function fromGithub({ registry }: CredentialPlace, env: Environment): Credentials | undefined {
  const token = env.GITHUB_TOKEN
  if (registry !== GITHUB_REGISTRY || !token) return undefined
  return { username: env.GITHUB_ACTOR || 'unset', password: token, source: 'GITHUB_TOKEN' }
}
