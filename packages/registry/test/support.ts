import { type ContentRef, contentSize } from '@apkts/archive'
import { type Digest, digestOf, instant, utf8 } from '@apkts/encoding'
import {
  buildImageConfig,
  buildIndex,
  buildManifest,
  type Image,
  type ImageIndex,
  MEDIA_TYPE,
  type Platform,
} from '@apkts/oci'

/** A layer blob that is no gzip, which nobody here looks into. */
export function blob(text: string): {
  mediaType: string
  digest: Digest
  diffId: Digest
  size: number
  content: ContentRef
} {
  const content: ContentRef = { kind: 'bytes', bytes: utf8(text) }
  return {
    mediaType: MEDIA_TYPE.layer,
    digest: digestOf(text),
    diffId: digestOf(`diff ${text}`),
    size: contentSize(content),
    content,
  }
}

export function image(platform: Omit<Platform, 'os'>, ...layers: ReturnType<typeof blob>[]): Image {
  const config = buildImageConfig({
    platform: { os: 'linux', ...platform },
    created: instant(0),
    diffIds: layers.map(({ diffId }) => diffId),
    cmd: [],
    entrypoint: [],
    environment: {},
    annotations: {},
    user: '',
    volumes: [],
    workingDir: '',
    stopSignal: '',
  })
  const manifest = buildManifest({ config, layers, annotations: {}, created: instant(0) })
  return { platform: { os: 'linux', ...platform }, config, manifest, layers }
}

export function index(...images: Image[]): ImageIndex {
  return buildIndex({ images, annotations: {}, vcsUrl: '', created: instant(0) })
}
