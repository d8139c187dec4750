import { utf8Decode } from '@apkts/encoding'
import { KeyringError } from './error.ts'

/** What discovery needs of HTTP: one GET, redirects followed. Throws for a failed connection. */
export type FetchBytes = (url: string) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>

/** A key found on the network. */
export interface DiscoveredKey {
  /** File name in `/etc/apk/keys`. */
  readonly name: string
  readonly pem: string
  /** Where it came from, as lock files record it. */
  readonly source: string
  /** When it ceases to count, if that was announced; seconds since 1970. */
  readonly expires?: number
}

/** Text of a URL that must answer 2xx. @throws KeyringError `DISCOVERY`. */
export async function get(url: string, fetch: FetchBytes): Promise<string> {
  const { status, bytes } = await fetch(url)
  if (status < 200 || status > 299) throw failure(url, `HTTP status ${status}`)
  return utf8Decode(bytes)
}

/** @throws KeyringError `DISCOVERY`. */
export function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw failure(url, 'the answer is no JSON', cause)
  }
}

/** The error of every failed discovery. */
export function failure(url: string, problem: string, cause?: unknown): KeyringError {
  return new KeyringError('DISCOVERY', `cannot discover keys: ${url}: ${problem}`, {
    hint: 'Add the key under contents.keyring, or try again.',
    cause,
  })
}

/** A name that is one file in a folder. @throws KeyringError `DISCOVERY`. */
export function safeName(name: string, url: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw failure(url, `the key name ${JSON.stringify(name)} is no file name`)
  }
  return name
}

/** A member of a parsed JSON object; undefined for anything else. */
export function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

/** The elements of a parsed JSON list; none for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
