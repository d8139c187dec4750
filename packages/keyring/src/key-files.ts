import { randomBytes } from 'node:crypto'
import { access, open, readFile, rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { KeyringError } from './error.ts'
import type { KeyPairPem } from './generate.ts'
import { type LoadPrivateKeyOptions, loadPrivateKey, type PrivateKey } from './private-key.ts'
import { loadPublicKey, type PublicKey } from './public-key.ts'

/** Loads a private key from disk. @throws KeyringError, also when the file cannot be read. */
export async function readPrivateKeyFile(path: string, options: LoadPrivateKeyOptions = {}): Promise<PrivateKey> {
  return loadPrivateKey(await readKeyText(path), path, options)
}

/** Loads a public key from disk; its name is the file name. @throws KeyringError, also when the file cannot be read. */
export async function readPublicKeyFile(path: string): Promise<PublicKey> {
  const text = await readKeyText(path)
  return { ...loadPublicKey(text, path), name: basename(path) }
}

async function readKeyText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    const problem = error.code === 'ENOENT' ? 'no such file' : error.message
    throw new KeyringError('KEY_UNREADABLE', `cannot read the key ${path}: ${problem}`, {
      at: { file: path },
      cause: error,
    })
  }
}

/**
 * Writes `<path>` (mode 0600) and `<path>.pub` (mode 0644), each whole or not at all.
 * @throws KeyringError `KEY_EXISTS` when one of them is there and `force` is not set.
 */
export async function writeKeyPair(
  path: string,
  pair: KeyPairPem,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const files = [
    { target: path, text: pair.privatePem, mode: 0o600 },
    { target: `${path}.pub`, text: pair.publicPem, mode: 0o644 },
  ]
  if (options.force !== true) for (const { target } of files) await refuseExisting(target)
  for (const { target, text, mode } of files) await replaceFile(target, text, mode)
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await access(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return
    throw error
  }
  throw new KeyringError('KEY_EXISTS', `${path} exists already`, {
    at: { file: path },
    hint: 'Everything signed with the old key would become unverifiable. To replace it anyway, use --force.',
  })
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
