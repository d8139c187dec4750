import { readFile } from 'node:fs/promises'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { RegistryError } from '../error.ts'

/** What a docker configuration file says about credentials. */
export interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerAuth>>
  readonly credsStore?: string
  readonly credHelpers?: Readonly<Record<string, string>>
}

/** Credentials of one registry, namespace or repository. */
export interface DockerAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
}

/** A docker configuration file; undefined when there is none. */
export async function readDockerConfig(path: string): Promise<DockerConfig | undefined> {
  try {
    const config = parseObject(await readFile(path, 'utf8'))
    if (config !== undefined) return config
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT') || isSystemError(cause, 'ENOTDIR')) return undefined
    if (!isSystemError(cause)) throw cause
    throw new RegistryError('CREDENTIALS_UNREADABLE', `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  throw new RegistryError('CREDENTIALS_UNREADABLE', `cannot read ${path}: it is not a JSON object`)
}

// Node's own message would quote the text, which has passwords in it.
function parseObject(text: string): DockerConfig | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value !== 'object' || value === null || Array.isArray(value) ? undefined : value
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
