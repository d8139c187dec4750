import { join, resolve } from 'node:path'
import { hex, sha256Hex, utf8 } from '@apkts/encoding'
import { isRemote } from './line.ts'
import { stripUserInfo } from './urls.ts'

/** Where the things of one URL lie in the cache directory. The layout is shared with apko. */
export interface CachePlace {
  /** `<root>/<escaped repository>/<directory>`. */
  readonly directory: string
  /** Last element of the URL's path. */
  readonly file: string
  /** `<directory>/<file>`: the file as it is, which a user may have put there. */
  readonly path: string
}

/**
 * Maps a URL (or the path of a local file) to its place below a cache root: the URL without its last two path elements
 * and without its query, query-escaped, is the first directory; then these two elements, unescaped. A user name and a
 * password, which apko writes there, too, are left out: directory names are seen by everybody.
 */
export function cachePlace(root: string, location: string): CachePlace {
  const url = isRemote(location)
    ? splitUrl(stripUserInfo(location))
    : { origin: 'file://', path: resolve(location), fragment: '' }
  const elements = url.path.split('/')
  const file = safeElement(elements.pop() ?? '')
  const parent = safeElement(elements.length > 1 ? (elements.pop() ?? '') : '')
  const directory = join(root, repositoryName({ ...url, path: elements.join('/') }), parent)
  return { directory, file, path: join(directory, file) }
}

/** Known names: every package of a repository asks for the same one. */
const names = new Map<string, string>()

function repositoryName({ origin, path, fragment }: UrlParts): string {
  const key = `${origin}${path}${fragment}`
  const known = names.get(key)
  if (known !== undefined) return known
  const repository = escapePath(path)
  const name = shortName(escapeQuery(`${origin}${repository === '' ? '/' : repository}${fragment}`))
  names.set(key, name)
  return name
}

const LONGEST_NAME = 255

// Escaping makes every slash three characters, so deep local directories exceed what file systems take; apko fails there.
function shortName(name: string): string {
  if (name.length <= LONGEST_NAME) return name
  const digest = sha256Hex(name)
  return `${name.slice(0, LONGEST_NAME - digest.length - 1)}~${digest}`
}

interface UrlParts {
  /** Scheme and host, as written. */
  readonly origin: string
  /** Unescaped. */
  readonly path: string
  /** With `#`, or empty. */
  readonly fragment: string
}

function splitUrl(url: string): UrlParts {
  const [, origin = '', path = '', fragment = ''] = /^([a-z]+:\/\/[^/?#]*)([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  return { origin, path: unescapePath(path.startsWith('/') ? path : `/${path}`), fragment }
}

function unescapePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) return path
    throw error
  }
}

// `..` would lead out of the cache.
function safeElement(element: string): string {
  return element === '..' || element === '.' ? element.replaceAll('.', '%2E') : element.replaceAll('\0', '%00')
}

/** Go's escaping of URL paths. */
function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]+/g, escapeBytes)
}

/** Go's escaping of query values. */
function escapeQuery(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.~ ]+/g, escapeBytes).replaceAll(' ', '+')
}

function escapeBytes(text: string): string {
  return hex(utf8(text)).toUpperCase().replace(/../g, '%$&')
}
