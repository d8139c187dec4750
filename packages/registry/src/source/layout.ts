import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readContent } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { digestHex } from '@apkts/encoding'
import { RegistryError } from '../error.ts'
import { type BlobStore, DOCUMENT_LIMIT } from './blobs.ts'
import { parseObject } from './documents.ts'
import { imagesUnder } from './images.ts'
import type { ImageSource } from './types.ts'

/** Opens the images of an OCI layout directory (image-spec, image-layout.md). @throws RegistryError */
export async function openLayout(directory: string): Promise<ImageSource> {
  const index = parseObject(await readLimited(directory, 'index.json', DOCUMENT_LIMIT), 'index.json')
  const images = await imagesUnder(layoutStore(directory), index, undefined)
  return { images, index: undefined, close: async () => {} }
}

function layoutStore(directory: string): BlobStore {
  const nameOf = (digest: `sha256:${string}`) => join('blobs', 'sha256', digestHex(digest))
  return {
    document: (digest, limit) => readLimited(directory, nameOf(digest), limit),
    open: (digest, size) => readContent({ kind: 'file', path: join(directory, nameOf(digest)), offset: 0, size }),
  }
}

async function readLimited(directory: string, name: string, limit: number): Promise<Uint8Array> {
  const path = join(directory, name)
  try {
    const { size } = await stat(path)
    if (size <= limit) return await readFile(path)
    throw new RegistryError('LAYOUT_INVALID', `${path} has ${size} bytes; more than ${limit} are not read`)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new RegistryError(
      'LAYOUT_INVALID',
      `${directory} is not a usable OCI layout: ${name} cannot be read (${cause.code})`,
      {
        cause,
      },
    )
  }
}
