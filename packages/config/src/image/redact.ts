import { utf8 } from '@apkts/encoding'
import { ImageConfigError } from './error.ts'

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/
const UNRESERVED_IN_PATH = /[A-Za-z0-9\-_.~$&+,/:;=@!'()*]/

/**
 * A path or URL as Go's `URL.Redacted` prints it: the password replaced by `xxxxx`, characters of the path that need it
 * percent-encoded. Throws `ImageConfigError` for text that is no URL reference, such as one with a stray `%`.
 */
export function redactUrl(text: string): string {
  const scheme = SCHEME.exec(text)?.[1] ?? ''
  const [withoutFragment = '', fragment] = cutAt(scheme === '' ? text : text.slice(scheme.length + 1), '#')
  const [hierarchy = '', query] = cutAt(withoutFragment, '?')
  if (scheme === '') checkRelative(text, hierarchy)
  if (scheme !== '' && !hierarchy.startsWith('/')) return text
  const { authority, path } = splitAuthority(hierarchy)
  const prefix = scheme === '' ? '' : `${scheme.toLowerCase()}:`
  const host = authority === undefined ? '' : `//${redactAuthority(text, authority)}`
  const tail = `${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${encodePath(text, fragment)}`}`
  return `${prefix}${host}${encodePath(text, path)}${tail}`
}

/** A repository line the same way: what is before the location of a tagged one stays. Throws like `redactUrl`. */
export function redactRepository(line: string): string {
  const [, tag = '', location = line] = /^(@[^ ]+ +)(.*)$/.exec(line) ?? []
  return tag + redactUrl(location)
}

function cutAt(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

// A colon in the first segment of a relative reference would read as a scheme (RFC 3986, 4.2).
function checkRelative(text: string, hierarchy: string): void {
  if (text.startsWith(':')) throw notAUrl(text, 'it starts with ":"')
  const segment = hierarchy.split('/', 1)[0] ?? ''
  if (segment.includes(':')) throw notAUrl(text, 'its first path segment contains ":"')
}

function splitAuthority(hierarchy: string): { authority: string | undefined; path: string } {
  if (!hierarchy.startsWith('//') || hierarchy.startsWith('///')) return { authority: undefined, path: hierarchy }
  const end = hierarchy.indexOf('/', 2)
  if (end < 0) return { authority: hierarchy.slice(2), path: '' }
  return { authority: hierarchy.slice(2, end), path: hierarchy.slice(end) }
}

function redactAuthority(text: string, authority: string): string {
  const at = authority.lastIndexOf('@')
  if (at < 0) return checkedHost(text, authority)
  const [user, password] = cutAt(authority.slice(0, at), ':')
  return `${user}${password === undefined ? '' : ':xxxxx'}@${checkedHost(text, authority.slice(at + 1))}`
}

function checkedHost(text: string, host: string): string {
  if (/[\s<>"]/.test(host)) throw notAUrl(text, 'its host name has invalid characters')
  return host
}

function encodePath(text: string, path: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) throw notAUrl(text, 'it has a "%" that starts no escape')
  if (hasControls(text)) throw notAUrl(text, 'it has control characters')
  return [...path].map((character) => encodeCharacter(character)).join('')
}

function encodeCharacter(character: string): string {
  if (character === '%' || UNRESERVED_IN_PATH.test(character) || character === '[' || character === ']')
    return character
  return [...utf8(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\x7f')
}

function notAUrl(text: string, why: string): ImageConfigError {
  return new ImageConfigError('BAD_REPOSITORY_URL', `${JSON.stringify(text)} is no path or URL: ${why}`)
}
