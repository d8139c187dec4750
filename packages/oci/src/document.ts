import { digestOf, goJson, type JsonValue, utf8 } from '@apkts/encoding'
import type { Descriptor, StoredDocument } from './types.ts'

/** The document as canonical JSON bytes with their digest: no spaces, no final newline. */
export function storedDocument(mediaType: string, value: JsonValue): StoredDocument {
  const bytes = utf8(goJson(value))
  return { mediaType, bytes, size: bytes.length, digest: digestOf(bytes) }
}

/** The three keys of a descriptor, in the order they are written. */
export function descriptorJson({ mediaType, size, digest }: Descriptor): {
  mediaType: string
  size: number
  digest: string
} {
  return { mediaType, size, digest }
}

/** A text map as JSON with sorted keys; undefined, and so left out, when empty. */
export function textMap(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(values)
  return entries.length === 0 ? undefined : new Map(entries)
}
