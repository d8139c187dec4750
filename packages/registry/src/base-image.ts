import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { type Digest, digestHex, digestOf, utf8Decode } from '@apkts/encoding'
import { type BaseConfig, type LayerBlob, MEDIA_TYPE, type Platform } from '@apkts/oci'
import { RegistryError } from './error.ts'

/** An image to put a layer on. */
export interface BaseImage {
  readonly config: BaseConfig
  /** Bottom first; media types are those of OCI whatever the layout says. */
  readonly layers: readonly LayerBlob[]
  readonly annotations: Readonly<Record<string, string>>
}

interface Pointer {
  readonly mediaType?: string
  readonly digest: Digest
  readonly size: number
}

interface Manifest {
  readonly config: Pointer
  readonly layers: readonly Pointer[]
  readonly annotations?: Readonly<Record<string, string>>
}

const INDEX_TYPES: readonly string[] = [MEDIA_TYPE.index, 'application/vnd.docker.distribution.manifest.list.v2+json']

/**
 * Opens the image of an OCI layout directory whose config names the platform's architecture; variants are not told
 * apart. Documents are checked against their digests; layers are read later, by whoever copies them.
 * @throws RegistryError `LAYOUT_INVALID`, `BLOB_MISMATCH`
 */
export async function readBaseImage(directory: string, platform: Platform): Promise<BaseImage> {
  for (const pointer of await readManifestPointers(directory)) {
    const manifest = (await readBlob(directory, pointer)) as unknown as Manifest
    if (!isPointer(manifest.config) || !Array.isArray(manifest.layers) || !manifest.layers.every(isPointer)) {
      throw invalid(directory, `${pointer.digest} is not an image manifest`)
    }
    const config = (await readBlob(directory, manifest.config)) as BaseConfig
    if (config.architecture !== platform.architecture) continue
    return { config, layers: baseLayers(directory, manifest, config), annotations: manifest.annotations ?? {} }
  }
  throw invalid(directory, `it has no image for ${platform.architecture}`)
}

async function readManifestPointers(directory: string): Promise<Pointer[]> {
  const index = await readIndex(directory)
  const nested = index.find(({ mediaType }) => INDEX_TYPES.includes(mediaType ?? ''))
  if (nested === undefined) return index
  return manifestsOf(directory, await readBlob(directory, nested))
}

async function readIndex(directory: string): Promise<Pointer[]> {
  try {
    return manifestsOf(directory, parseObject(directory, 'index.json', await readFile(join(directory, 'index.json'))))
  } catch (error) {
    if (isSystemError(error)) throw invalid(directory, `index.json cannot be read (${error.code})`, error)
    throw error
  }
}

function manifestsOf(directory: string, index: Readonly<Record<string, unknown>>): Pointer[] {
  const { manifests } = index
  if (!Array.isArray(manifests) || !manifests.every(isPointer)) throw invalid(directory, 'its index lists no manifests')
  return manifests
}

async function readBlob(directory: string, { digest }: Pointer): Promise<Readonly<Record<string, unknown>>> {
  const path = blobPath(directory, digest)
  try {
    const bytes = await readFile(path)
    if (digestOf(bytes) === digest) return parseObject(directory, digest, bytes)
    throw new RegistryError('BLOB_MISMATCH', `${path} does not have the digest of its name: it has ${digestOf(bytes)}`)
  } catch (error) {
    if (isSystemError(error)) throw invalid(directory, `blob ${digest} cannot be read (${error.code})`, error)
    throw error
  }
}

function parseObject(directory: string, what: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(utf8Decode(bytes))
  } catch (error) {
    throw invalid(directory, `${what} is not JSON`, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(directory, `${what} is no object`)
  return value as Readonly<Record<string, unknown>>
}

function baseLayers(directory: string, manifest: Manifest, config: BaseConfig): LayerBlob[] {
  const diffIds = config.rootfs?.diff_ids ?? []
  if (diffIds.length !== manifest.layers.length) throw invalid(directory, 'config and manifest list different layers')
  return manifest.layers.map(({ digest, size }, i) => ({
    mediaType: MEDIA_TYPE.layer,
    digest,
    size,
    diffId: diffIds[i] as Digest,
    content: { kind: 'file', path: blobPath(directory, digest), offset: 0, size },
  }))
}

function blobPath(directory: string, digest: Digest): string {
  return join(directory, 'blobs', 'sha256', digestHex(digest))
}

function isPointer(value: unknown): value is Pointer {
  if (typeof value !== 'object' || value === null) return false
  const { digest, size } = value as Partial<Pointer>
  return typeof size === 'number' && typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)
}

function invalid(directory: string, problem: string, cause?: unknown): RegistryError {
  return new RegistryError('LAYOUT_INVALID', `${directory} is not a usable OCI layout: ${problem}`, { cause })
}
