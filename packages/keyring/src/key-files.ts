import { access, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ownedName, removeAbandoned, writeThenPublish } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { KeyringError } from './error.ts'
import type { KeyPairPem } from './generate.ts'
import { type LoadPrivateKeyOptions, loadPrivateKey, type PrivateKey } from './private-key.ts'
import { type Keys, loadPublicKey, type PublicKey } from './public-key.ts'

/** Loads a private key from disk. @throws KeyringError, also when the file cannot be read. */
export async function readPrivateKeyFile(path: string, options: LoadPrivateKeyOptions = {}): Promise<PrivateKey> {
  return loadPrivateKey(await readKeyText(path), path, options)
}

/** Loads a public key from disk; its name is the file name. @throws KeyringError, also when the file cannot be read. */
export async function readPublicKeyFile(path: string): Promise<PublicKey> {
  const text = await readKeyText(path)
  return { ...loadPublicKey(text, path), name: basename(path) }
}

/**
 * Public keys of files and directories, by file name. Of a directory every file that is not hidden counts, as in
 * `/etc/apk/keys`; the first of two keys with the same name stays.
 * @throws KeyringError for a key that cannot be read or is none.
 */
export async function readPublicKeys(paths: readonly string[]): Promise<Keys> {
  const keys = new Map<string, string>()
  for (const path of paths) {
    for (const file of await keyFilesOf(path)) {
      const { name, pem } = await readPublicKeyFile(file)
      if (!keys.has(name)) keys.set(name, pem)
    }
  }
  return keys
}

async function keyFilesOf(path: string): Promise<string[]> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false, // reading it says why
  )
  if (!isDirectory) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
  return files.map(({ name }) => join(path, name)).sort()
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
 * @throws KeyringError `KEY_EXISTS` when one of them is there and `force` is not set, `KEY_UNWRITABLE`.
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
  await removeAbandoned(dirname(path))
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
  const temporary = join(dirname(path), ownedName())
  try {
    await writeThenPublish({ temporary, target: path, mode, sync: true }, (file) => file.writeFile(text))
  } catch (error) {
    if (!isSystemError(error)) throw error
    const problem = error.code === 'ENOENT' ? 'its directory does not exist' : error.message
    throw new KeyringError('KEY_UNWRITABLE', `cannot write the key ${path}: ${problem}`, { cause: error })
  }
}
