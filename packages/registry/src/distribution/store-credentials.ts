import { chmod, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { compareBytes } from '@apkts/encoding'
import { writeAtomically } from '../atomic.ts'
import { storeWithHelper } from './credential-helper.ts'
import { type Credentials, credentialKey, dockerConfigPath, type Environment } from './credentials.ts'
import { type DockerConfig, readDockerConfig } from './docker-config.ts'

/**
 * Remembers credentials for a registry as docker does: in the configured credential store, else in the configuration
 * file, which only its owner can read. Everything else in the file stays. Returns the path of the file.
 */
export async function storeCredentials(registry: string, credentials: Credentials, env: Environment): Promise<string> {
  const path = dockerConfigPath(env)
  const config = (await readDockerConfig(path)) ?? {}
  const key = credentialKey(registry)
  const helper = config.credHelpers?.[key] ?? config.credsStore
  if (helper !== undefined) await storeWithHelper(helper, key, credentials)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeConfig(path, withAuth(config, key, helper === undefined ? encode(credentials) : {}))
  return path
}

function withAuth(config: DockerConfig, key: string, auth: { readonly auth?: string }): DockerConfig {
  const auths = Object.entries({ ...config.auths, [key]: auth })
  // In the order in which docker writes them.
  return { ...config, auths: Object.fromEntries(auths.sort(([a], [b]) => compareBytes(a, b))) }
}

function encode({ username, password }: Credentials): { readonly auth: string } {
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') }
}

async function writeConfig(path: string, config: DockerConfig): Promise<void> {
  await writeAtomically(path, (file) => file.writeFile(JSON.stringify(config, null, '\t')), { mode: 0o600 })
  await chmod(path, 0o600)
}
