import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { type Digest, digestHex, utf8 } from '@apkts/encoding'
import type { BlobContent, ImageIndex } from '@apkts/oci'
import { writeAtomically, writeContent } from './atomic.ts'
import { RegistryError } from './error.ts'
import { type Blob, blobOf, copyImages, type ImageSink } from './sink.ts'

const LAYOUT_VERSION = '{\n    "imageLayoutVersion": "1.0.0"\n}'
const BLOBS = 'blobs/sha256'

/**
 * Writes an OCI image layout (image-spec, image-layout.md) into a directory, which is made if missing. What else is in
 * there stays, blobs that exist are kept, and `index.json` comes last, so a reader never sees it before its blobs.
 */
export async function writeOciLayout(directory: string, index: ImageIndex): Promise<void> {
  await makeDirectory(join(directory, BLOBS))
  await copyImages(index, ociLayoutSink(directory))
}

function ociLayoutSink(directory: string): ImageSink {
  const addBlob = ({ digest, content, size }: Blob) => writeBlob(directory, digest, content, size)
  return {
    parallel: 1,
    addBlob,
    addManifest: (manifest) => addBlob(blobOf(manifest)),
    async finish({ document }) {
      await writeAtomically(join(directory, 'oci-layout'), (file) => file.writeFile(utf8(LAYOUT_VERSION)))
      await writeAtomically(join(directory, 'index.json'), (file) => file.writeFile(document.bytes))
    },
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') && !isSystemError(error, 'ENOTDIR')) throw error
    throw new RegistryError('OUTPUT_UNUSABLE', `cannot write an OCI layout: ${error.path ?? path} is not a directory`, {
      hint: 'Name a directory, or an output ending in .tar for a docker archive.',
      cause: error,
    })
  }
}

async function writeBlob(directory: string, digest: Digest, content: BlobContent, size: number): Promise<void> {
  const path = join(directory, BLOBS, digestHex(digest))
  if ((await sizeOf(path)) === size) return
  await writeAtomically(path, (file) => writeContent(file, content))
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
