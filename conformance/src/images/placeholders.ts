import type { Archive } from './docker-archive.ts'

/**
 * Recorded documents hold `{{<arch>.layer.N.digest}}` and the like where the compressor decides; these functions put in
 * the digests and sizes that the images at hand have.
 */
export interface Placeholders {
  /** Fills digests, and sizes that are `null` beside them. */
  fill(text: string): string
}

interface Blob {
  readonly hex: string
  readonly size: number
}

export function placeholdersOf(archs: readonly string[], archive: Archive, indexHex: string): Placeholders {
  const blobs = new Map<string, Blob>([['index', { hex: indexHex, size: Buffer.byteLength(archive.index) }]])
  archive.images.forEach((image, position) => {
    const arch = archs[position] ?? `image ${position}`
    const manifest = { hex: hexOf(image.manifestDigest), size: Buffer.byteLength(image.manifest) }
    blobs.set(`${arch}.manifest`, manifest)
    image.layers.forEach((layer, n) => {
      blobs.set(`${arch}.layer.${n}`, { hex: hexOf(layer.digest), size: layer.size })
    })
  })
  const blob = (name: string): Blob => blobs.get(name) ?? { hex: `no ${name}`, size: -1 }
  return {
    fill: (text) =>
      escaped(text)
        .replace(/"size":null,"digest":"sha256:\{\{(.+?)\.digest\}\}"/g, (_, name: string) => {
          const { hex, size } = blob(name)
          return `"size":${size},"digest":"sha256:${hex}"`
        })
        .replace(/\{\{(.+?)\.digest\}\}/g, (_, name: string) => blob(name).hex),
  }
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}

// The recorded documents were re-serialised without the escapes that Go always writes; sizes of the originals show them.
function escaped(text: string): string {
  return text.replace(/[<>&]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
