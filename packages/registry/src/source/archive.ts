import { createReadStream } from 'node:fs'
import { join } from 'node:path/posix'
import { type ContentRef, contentSize, readContent, readContentFully, readTar } from '@apkts/archive'
import { type Digest, digestHex, digestOf, utf8Decode } from '@apkts/encoding'
import type { BlobStore } from './blobs.ts'
import { DOCUMENT_LIMIT } from './blobs.ts'
import { asObject, diffIdsIn, invalid, type JsonObject, parseObject, platformIn, textOf } from './documents.ts'
import { imagesUnder } from './images.ts'
import type { ImageSource, SourceImage } from './types.ts'

/** Where members lie in the archive, by name. */
type Members = ReadonlyMap<string, ContentRef>

const MAX_MEMBERS = 100_000

/**
 * Opens the images of an archive: `docker save`'s and ours (`manifest.json`), or an OCI layout in a tar. Only headers are
 * read; layers are read in place. @throws RegistryError, ArchiveError
 */
export async function openArchive(path: string): Promise<ImageSource> {
  const members = await listMembers(path)
  const index = members.get('index.json')
  const isOurs = index !== undefined && [...members.keys()].some((name) => name.startsWith('sha256:'))
  const images =
    index !== undefined && (isOurs || members.has('oci-layout'))
      ? await imagesUnder(memberStore(members), parseObject(await document(index), 'index.json'), undefined)
      : await dockerImages(members)
  return {
    images,
    index: isOurs && index !== undefined ? digestOf(await document(index)) : undefined,
    close: async () => {},
  }
}

async function listMembers(path: string): Promise<Members> {
  const members = new Map<string, ContentRef>()
  const links: { readonly name: string; readonly target: string }[] = []
  const source = createReadStream(path, { highWaterMark: 1 << 20 })
  for await (const { header, offset } of readTar(source, { entries: MAX_MEMBERS })) {
    const name = header.path.replace(/^(\.?\/)+/, '')
    if (header.type === 'file') members.set(name, { kind: 'file', path, offset, size: header.size })
    // docker save writes a layer that it has written already as a link to it.
    if (header.type === 'symlink') links.push({ name, target: join(name, '..', header.linkname) })
    if (header.type === 'hardlink') links.push({ name, target: header.linkname })
  }
  for (const { name, target } of links) {
    const member = members.get(target)
    if (member !== undefined) members.set(name, member)
  }
  return members
}

function memberStore(members: Members): BlobStore {
  const find = (digest: Digest): ContentRef => {
    const hex = digestHex(digest)
    const names = [digest, `blobs/sha256/${hex}`, `${hex}.tar.gz`, `${hex}.tar.zst`, `${hex}.tar`]
    const found = names.map((name) => members.get(name)).find((member) => member !== undefined)
    if (found === undefined) throw invalid(`the blob ${digest} is missing`)
    return found
  }
  return {
    document: (digest, limit) => readContentFully(find(digest), limit),
    open: (digest) => readContent(find(digest)),
  }
}

async function dockerImages(members: Members): Promise<SourceImage[]> {
  const manifest = members.get('manifest.json')
  if (manifest === undefined) throw invalid('it has neither a manifest.json nor an OCI layout')
  const entries: unknown = parseList(await document(manifest))
  const images: SourceImage[] = []
  for (const entry of entries as unknown[]) images.push(await dockerImage(members, asObject(entry)))
  if (images.length === 0) throw invalid('there is no image in it')
  return images
}

function parseList(bytes: Uint8Array): unknown[] {
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes))
    if (Array.isArray(value)) return value
  } catch (cause) {
    throw invalid('manifest.json is not JSON', cause)
  }
  throw invalid('manifest.json is no list')
}

async function dockerImage(members: Members, entry: JsonObject): Promise<SourceImage> {
  const bytes = await document(memberOf(members, entry.Config, 'configuration'))
  const config = parseObject(bytes, 'the configuration of the image')
  const layers = Array.isArray(entry.Layers) ? entry.Layers.map((name) => memberOf(members, name, 'layer')) : []
  const diffIds = diffIdsIn(config, layers.length)
  return {
    platform: platformIn(config),
    manifest: undefined,
    id: digestOf(bytes),
    config,
    annotations: {},
    layers: layers.map((content, i) => ({
      diffId: diffIds[i]!,
      size: contentSize(content),
      open: () => readContent(content),
    })),
  }
}

function memberOf(members: Members, name: unknown, what: string): ContentRef {
  const found = members.get(textOf(name))
  if (found === undefined) throw invalid(`manifest.json names a ${what} that is missing: ${JSON.stringify(name)}`)
  return found
}

function document(content: ContentRef): Promise<Uint8Array> {
  return readContentFully(content, DOCUMENT_LIMIT)
}
