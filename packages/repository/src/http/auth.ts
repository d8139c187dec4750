import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError, type Log } from '@apkts/diagnostics'
import { base64, utf8 } from '@apkts/encoding'
import type { HttpEnvironment } from '@apkts/http'
import { findNetrcLogin, type Login } from './netrc.ts'

/** Finds the `Authorization` header for a URL; undefined when no credentials are known. */
export type Authenticator = (url: URL) => Promise<string | undefined>

/**
 * Credentials by precedence: `HTTP_AUTH`, user info in the URL, the netrc file (`NETRC`, else `~/.netrc`).
 * `HTTP_AUTH` is `basic:<host>:<user>:<password>`, or with a port `basic:<host>:<port>:<user>:<password>`; the password
 * may contain colons.
 */
export function createAuthenticator(env: HttpEnvironment, log: Log): Authenticator {
  const configured = parseHttpAuth(env.HTTP_AUTH, log)
  let netrc: Promise<string> | undefined
  return async (url) => {
    if (configured?.host === url.host) return basic(configured)
    const inUrl = userInfo(url)
    if (inUrl !== undefined) return basic(inUrl)
    netrc ??= readNetrc(env)
    const login = findNetrcLogin(await netrc, url.hostname)
    return login === undefined ? undefined : basic(login)
  }
}

function parseHttpAuth(text: string | undefined, log: Log): (Login & { host: string }) | undefined {
  if (text === undefined || text === '') return undefined
  const [kind, host, ...rest] = text.split(':')
  const port = rest.length > 2 && /^\d+$/.test(rest[0]!) ? `:${rest.shift()}` : ''
  const [user, ...password] = rest
  if (kind === 'basic' && host !== undefined && user !== undefined && password.length > 0) {
    return { host: `${host}${port}`, user, password: password.join(':') }
  }
  log.warn('HTTP_AUTH is ignored: expected basic:<host>:<user>:<password> or basic:<host>:<port>:<user>:<password>')
  return undefined
}

function userInfo(url: URL): Login | undefined {
  if (url.username === '' && url.password === '') return undefined
  return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
}

function basic({ user, password }: Login): string {
  return `Basic ${base64(utf8(`${user}:${password}`))}`
}

async function readNetrc(env: HttpEnvironment): Promise<string> {
  const path = env.NETRC ?? (env.HOME === undefined ? undefined : join(env.HOME, '.netrc'))
  if (path === undefined || path === '') return ''
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return ''
    throw error
  }
}
