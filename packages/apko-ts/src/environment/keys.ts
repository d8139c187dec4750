import { readFile } from 'node:fs/promises'
import { type ImageConfig, toApkArch } from '@apkts/config'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { compareBytes, utf8Decode } from '@apkts/encoding'
import { isRemoteKey, type Keys, keyFileName } from '@apkts/keyring'
import { ApkoError } from '../error.ts'
import { type Additions, buildRepositoriesOf, keyringOf } from './additions.ts'
import { discoverKeys } from './discover-keys.ts'
import type { Session } from './session.ts'

interface KeyOptions {
  readonly added: Additions
  readonly session: Session
}

/**
 * Public keys that a build trusts: those the repositories announce, then the configured ones, which win over them.
 * Each is called by the last component of its path or URL. Throws `ApkoError` `KEY_UNREADABLE`.
 */
export async function gatherKeys(config: ImageConfig, arch: string, options: KeyOptions): Promise<Keys> {
  const { added, session } = options
  const discovered = await discoverKeys(buildRepositoriesOf(config, added), toApkArch(arch), session)
  const configured = keyringOf(config, added)
  const contents = await Promise.all(configured.map((element) => readKey(element, session)))
  const keys = new Map(discovered.map(({ name, pem }) => [name, pem]))
  for (const [index, element] of configured.entries()) keys.set(keyFileName(element), contents[index]!)
  return new Map([...keys].sort(([a], [b]) => compareBytes(a, b)))
}

/** Text of a key file or URL. */
export async function readKey(element: string, session: Session): Promise<string> {
  if (isRemoteKey(element)) {
    return utf8Decode(await session.repositories.fetchBytes(element, { cache: 'etag' }))
  }
  try {
    return await readFile(element, 'utf8')
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('KEY_UNREADABLE', `cannot read the key ${element}: ${messageOf(cause)}`, {
      cause,
      hint: 'paths of keys are relative to the working directory',
    })
  }
}
