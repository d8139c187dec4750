import type { SpdxExternalRef } from '../spdx.ts'

/** Parts of a package URL (purl-spec); names are escaped when written. */
export interface PackageUrl {
  readonly type: string
  /** Segments joined by `/`; empty when there is none. */
  readonly namespace?: string
  readonly name: string
  readonly version: string
  /** Empty values are left out. */
  readonly qualifiers?: Readonly<Record<string, string>>
  readonly subpath?: string
}

/** The external reference by which package managers know something. */
export function purlReference(purl: PackageUrl): SpdxExternalRef {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceLocator: formatPurl(purl), referenceType: 'purl' }
}

const NAME = /[A-Za-z0-9\-._~!$&'()*,;=:]/
const QUALIFIER = /[A-Za-z0-9\-._~:]/

/** Text of a package URL, escaped as the original's library does it: more readable than strictly wanted, and stable. */
export function formatPurl(purl: PackageUrl): string {
  const namespace = segments(purl.namespace)
  const path = [purl.type, ...namespace, percentEncode(purl.name, NAME)].join('/')
  const version = purl.version === '' ? '' : `@${percentEncode(purl.version, NAME)}`
  const subpath = segments(purl.subpath).join('/')
  return `pkg:${path}${version}${formatQualifiers(purl.qualifiers ?? {})}${subpath === '' ? '' : `#${subpath}`}`
}

function segments(text = ''): string[] {
  return text === '' ? [] : text.split('/').map((segment) => percentEncode(segment, NAME))
}

function formatQualifiers(qualifiers: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(qualifiers)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${percentEncode(value, QUALIFIER)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function percentEncode(text: string, kept: RegExp): string {
  let escaped = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte)
    escaped += kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}
