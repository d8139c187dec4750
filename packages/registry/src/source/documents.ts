import { type Digest, utf8Decode } from '@apkts/encoding'
import { MEDIA_TYPE, type Platform } from '@apkts/oci'
import { RegistryError } from '../error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Points at a blob (OCI image-spec, descriptor.md). */
export interface Pointer {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
}

const INDEX_TYPES: readonly string[] = [MEDIA_TYPE.index, 'application/vnd.docker.distribution.manifest.list.v2+json']

/** A JSON object. @throws RegistryError `IMAGE_INVALID` naming it */
export function parseObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(utf8Decode(bytes))
  } catch (cause) {
    throw invalid(`${what} is not JSON`, cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} is no JSON object`)
  return value as JsonObject
}

/** True for an index over images; some leave the media type out. */
export function isIndex(document: JsonObject): boolean {
  const { mediaType } = document
  return typeof mediaType === 'string' ? INDEX_TYPES.includes(mediaType) : Array.isArray(document.manifests)
}

/** The elements of a list of pointers. @throws RegistryError `IMAGE_INVALID` */
export function pointersOf(value: unknown, what: string): Pointer[] {
  if (!Array.isArray(value)) throw invalid(`${what} is no list`)
  return value.map((item) => pointerOf(item, `an element of ${what}`))
}

/** A pointer to a blob. @throws RegistryError `IMAGE_INVALID` */
export function pointerOf(value: unknown, what: string): Pointer {
  const { mediaType, digest, size } = asObject(value)
  if (!isDigest(digest)) throw invalid(`${what} has no sha256 digest`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid(`${what} has no size`)
  return { mediaType: textOf(mediaType), digest, size }
}

/** The platform a configuration states (OCI image-spec, config.md). */
export function platformIn(config: JsonObject): Platform {
  const variant = textOf(config.variant)
  const platform = { os: textOf(config.os) || 'linux', architecture: textOf(config.architecture) || 'unknown' }
  return variant === '' ? platform : { ...platform, variant }
}

/** Digests of the layers' tars that a configuration states, as many as there are layers. @throws RegistryError `IMAGE_INVALID` */
export function diffIdsIn(config: JsonObject, layers: number): Digest[] {
  const ids = asObject(config.rootfs).diff_ids
  if (!Array.isArray(ids) || ids.length !== layers || !ids.every(isDigest)) {
    throw invalid(`its configuration does not list the ${layers} layers it has`)
  }
  return ids
}

/** The members that are texts. */
export function textsIn(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** The value if it is an object, else an empty one. */
export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

/** The value if it is a text, else an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)
}

export function invalid(problem: string, cause?: unknown): RegistryError {
  return new RegistryError('IMAGE_INVALID', `this is no usable image: ${problem}`, { cause })
}
