import { type FetchBytes, get } from './discovery.ts'
import { KeyringError } from './error.ts'
import { readPublicKeys } from './key-files.ts'
import { isRemoteKey, keyFileName } from './keyring-name.ts'
import { type Keys, loadPublicKey } from './public-key.ts'

/**
 * Public keys by file name, of files, directories such as `/etc/apk/keys`, and URLs. The name of a key behind a URL is the
 * last part of its path, without escapes. The first of two keys with the same name stays, files before URLs.
 * @throws KeyringError for what is no key or cannot be had; all keys or none.
 */
export async function gatherKeys(locations: readonly string[], fetch: FetchBytes): Promise<Keys> {
  const local = await readPublicKeys(locations.filter((location) => !isRemoteKey(location)))
  const urls = locations.filter(isRemoteKey)
  const remote = await Promise.all(urls.map(async (url) => [nameOf(url), await fetchKey(url, fetch)] as const))
  const keys = new Map(local)
  for (const [name, pem] of remote) if (!keys.has(name)) keys.set(name, pem)
  return keys
}

async function fetchKey(url: string, fetch: FetchBytes): Promise<string> {
  return loadPublicKey(await get(url, fetch), url).pem
}

function nameOf(url: string): string {
  const last = keyFileName(url.replace(/[?#].*$/, ''))
  try {
    return decodeURIComponent(last)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new KeyringError('KEY_NAME', `${url}: its last part is badly escaped`, { at: { file: url }, cause: error })
  }
}
