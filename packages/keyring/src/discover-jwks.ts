import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { type DiscoveredKey, type FetchBytes, failure, get, listOf, member, parseJson, safeName } from './discovery.ts'

/**
 * Keys a repository announces itself: `<repository>/apk-configuration` names a JSON Web Key Set (RFC 7517), each RSA key
 * of which becomes `<kid>.rsa.pub` and expires at its `exp`, if it has one. A repository without that document (404) has none.
 * @throws KeyringError `DISCOVERY`; all keys of a repository count or none. Callers decide whether that is fatal.
 */
export async function discoverJwksKeys(repository: string, fetch: FetchBytes): Promise<DiscoveredKey[]> {
  const base = repository.replace(/\/$/, '')
  const url = `${base}/apk-configuration`
  const answer = await fetch(url)
  if (answer.status === 404) return []
  const configuration = parseJson(await get(url, async () => answer), url)
  const setUrl = member(configuration, 'jwks_uri')
  if (typeof setUrl !== 'string' || setUrl === '') throw failure(url, 'the answer has no jwks_uri')
  const set = parseJson(await get(setUrl, fetch), setUrl)
  return listOf(member(set, 'keys')).map((jwk) => {
    const name = keyName(jwk, setUrl)
    const expires = member(jwk, 'exp')
    return {
      name,
      pem: pemOf(jwk, name, setUrl),
      source: `${base}/${name}`,
      ...(typeof expires === 'number' ? { expires } : {}),
    }
  })
}

function keyName(jwk: unknown, url: string): string {
  const kid = member(jwk, 'kid')
  if (typeof kid !== 'string' || kid === '') throw failure(url, 'a key has no kid')
  return safeName(`${kid}.rsa.pub`, url)
}

function pemOf(jwk: unknown, name: string, url: string): string {
  if (member(jwk, 'kty') !== 'RSA') throw failure(url, `the key ${name} is not an RSA key`)
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    return key.export({ type: 'spki', format: 'pem' }).toString()
  } catch (cause) {
    throw failure(url, `the key ${name} is malformed`, cause)
  }
}
