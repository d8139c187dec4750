import { gzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { digestOf, instant, utf8 } from '@apkts/encoding'
import {
  buildImageConfig,
  buildIndex,
  buildManifest,
  type Image,
  type ImageIndex,
  type LayerBlob,
  MEDIA_TYPE,
} from '@apkts/oci'

type Header = Partial<Parameters<typeof tarHeader>[0]>

/** A file of a layer: its text, and what of its header is not as usual. */
export function file(path: string, text: string, header: Header = {}): TarInput {
  const content = utf8(text)
  return { header: tarHeader({ path, type: 'file', size: content.length, ...header }), content }
}

/** Anything of a layer that has no content. */
export function entry(
  path: string,
  header: Header & { readonly type: 'directory' | 'symlink' | 'hardlink' },
): TarInput {
  return { header: tarHeader({ path, ...header }) }
}

/** A layer of these entries, in gzip unless told otherwise. */
export function layer(entries: readonly TarInput[], { plain = false } = {}): LayerBlob {
  const tar = writeTar(entries)
  return blob(plain ? tar : gzip(tar), tar)
}

/** A layer blob of any bytes, said to hold that tar. */
export function blob(bytes: Uint8Array, tar: Uint8Array): LayerBlob {
  return {
    mediaType: MEDIA_TYPE.layer,
    digest: digestOf(bytes),
    diffId: digestOf(tar),
    size: bytes.length,
    content: { kind: 'bytes', bytes },
  }
}

export interface ImageFixture {
  readonly layers: readonly LayerBlob[]
  readonly arch?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly cmd?: readonly string[]
}

/** An image of these layers. */
export function image({ layers, arch = 'amd64', environment = {}, annotations = {}, cmd = [] }: ImageFixture): Image {
  const platform = { os: 'linux', architecture: arch }
  const created = instant(0)
  const config = buildImageConfig({
    platform,
    created,
    diffIds: layers.map(({ diffId }) => diffId),
    cmd,
    entrypoint: [],
    environment,
    annotations,
    user: '',
    volumes: [],
    workingDir: '',
    stopSignal: '',
  })
  const manifest = buildManifest({ config, layers, annotations, created })
  return { platform, config, manifest, layers }
}

export function index(...images: Image[]): ImageIndex {
  return buildIndex({ images, annotations: {}, vcsUrl: '', created: instant(0) })
}

/** A record of an installed database. */
export function installed(name: string, version: string, license: string, files: readonly string[] = []): string {
  const records = files.map(
    (path) => `F:${path.slice(0, path.lastIndexOf('/'))}\nR:${path.slice(path.lastIndexOf('/') + 1)}\n`,
  )
  return `P:${name}\nV:${version}\nL:${license}\no:${name}\nI:4096\nC:Q1${Buffer.alloc(20, version).toString('base64')}\n${records.join('')}\n`
}
