import { createHash } from 'node:crypto'
import { type Digest, digestOf } from '@apkts/encoding'
import { RegistryError } from '../error.ts'

/** Blobs by digest, as they come: whoever reads them checks them. */
export interface BlobStore {
  /** A document of at most `limit` bytes; registries keep manifests apart from other blobs. @throws RegistryError */
  document(digest: Digest, limit: number, kind: 'manifests' | 'blobs'): Promise<Uint8Array>
  open(digest: Digest, size: number): AsyncIterable<Uint8Array>
}

/** Manifests, indexes and configurations are a few kilobytes. */
export const DOCUMENT_LIMIT = 4 << 20

/** A document that has the digest it is asked for by. @throws RegistryError `BLOB_MISMATCH` */
export async function checkedDocument(
  store: BlobStore,
  digest: Digest,
  kind: 'manifests' | 'blobs',
): Promise<Uint8Array> {
  const bytes = await store.document(digest, DOCUMENT_LIMIT, kind)
  const found = digestOf(bytes)
  if (found !== digest) throw mismatch(digest, `it has ${found}`)
  return bytes
}

/** The blob's bytes; fails at the end when they are not those of the digest. @throws RegistryError `BLOB_MISMATCH` */
export async function* checkedBlob(
  store: BlobStore,
  { digest, size }: { readonly digest: Digest; readonly size: number },
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of store.open(digest, size)) {
    length += chunk.length
    if (length > size) throw mismatch(digest, `it has more than the ${size} bytes its manifest states`)
    hash.update(chunk)
    yield chunk
  }
  const found = `sha256:${hash.digest('hex')}`
  if (found !== digest) throw mismatch(digest, `it has ${found}`)
}

function mismatch(digest: string, problem: string): RegistryError {
  return new RegistryError(
    'BLOB_MISMATCH',
    `the blob ${digest} does not have the digest it is stored under: ${problem}`,
    {
      hint: 'the image is damaged or was changed: fetch it again',
    },
  )
}
