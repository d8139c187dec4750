import { createHash, type Hash } from 'node:crypto'
import { type TarHeader, TarScanner } from '@apkts/archive'
import { concatBytes, type Digest, hex } from '@apkts/encoding'
import type { SourceLayer } from '@apkts/registry'
import { ApkoError } from '../../error.ts'
import { type FileFacts, isKept } from './facts.ts'
import { uncompressed } from './uncompressed.ts'

/** An entry of a layer, in its order. */
export interface LayerItem {
  /** Cleaned components. */
  readonly parts: readonly string[]
  readonly facts: FileFacts
  readonly content?: Uint8Array
}

/** Bytes that names of files have at most on Linux. */
const MAX_PATH = 4096
const MAX_ENTRIES = 2_000_000
/** Contents of all package databases and SBOM files of a layer together. */
const MAX_KEPT = 256 << 20

/**
 * Reads a layer as a stream: headers, digests of contents, and the few contents that say what is in the image.
 * @throws ApkoError `IMAGE_HOSTILE`, RegistryError `BLOB_MISMATCH`, ArchiveError
 */
export async function readLayer(layer: SourceLayer): Promise<LayerItem[]> {
  const reader = new LayerReader()
  const hash = createHash('sha256')
  for await (const chunk of uncompressed(layer.open())) {
    hash.update(chunk)
    reader.write(chunk)
  }
  const found: Digest = `sha256:${hash.digest('hex')}`
  if (found === layer.diffId) return reader.finish()
  throw new ApkoError('IMAGE_DAMAGED', `a layer should have the diff ID ${layer.diffId}, it has ${found}`, {
    hint: 'the image is damaged or was changed: fetch it again',
  })
}

class LayerReader {
  readonly #items: LayerItem[] = []
  readonly #tar = new TarScanner(
    {
      member: (header) => this.#member(header),
      content: (chunk) => {
        this.#current?.hash.update(chunk)
        this.#current?.kept?.push(Uint8Array.from(chunk))
      },
    },
    { entries: MAX_ENTRIES },
  )
  #current: { parts: readonly string[]; header: TarHeader; hash: Hash; kept: Uint8Array[] | undefined } | undefined
  #kept = 0

  write(chunk: Uint8Array): void {
    this.#tar.write(chunk)
  }

  finish(): LayerItem[] {
    this.#tar.finish()
    this.#close()
    return this.#items
  }

  #member(header: TarHeader): void {
    this.#close()
    const parts = partsOf(header.path)
    if (header.type !== 'file') {
      this.#items.push({ parts, facts: factsOf(header) })
      return
    }
    const wanted = isKept(parts.join('/'), header.size)
    this.#kept += wanted ? header.size : 0
    const kept = wanted && this.#kept <= MAX_KEPT ? [] : undefined
    this.#current = { parts, header, hash: createHash('sha256'), kept }
  }

  #close(): void {
    if (this.#current === undefined) return
    const { parts, header, hash, kept } = this.#current
    this.#current = undefined
    const facts = { ...factsOf(header), sha256: hash.digest('hex') }
    this.#items.push(kept === undefined ? { parts, facts } : { parts, facts, content: concatBytes(kept) })
  }
}

/** Components of a path in a layer; `.` and empty ones mean nothing. @throws ApkoError `IMAGE_HOSTILE` */
export function partsOf(path: string): string[] {
  if (path.length > MAX_PATH)
    throw hostile(`a path of ${path.length} characters, ${JSON.stringify(path.slice(0, 40))}…`)
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw hostile(`the path ${JSON.stringify(path)}, which may lead out of it`)
  return parts
}

function factsOf(header: TarHeader): FileFacts {
  const { type, mode, uid, gid, size, mtime, linkname } = header
  const xattrs = xattrsOf(header)
  return {
    type,
    mode,
    uid,
    gid,
    size,
    mtime,
    ...(linkname === '' ? {} : { link: linkname }),
    ...(type === 'character-device' || type === 'block-device'
      ? { device: `${header.devMajor},${header.devMinor}` }
      : {}),
    ...(xattrs.size === 0 ? {} : { xattrs }),
  }
}

const XATTR = 'SCHILY.xattr.'

function xattrsOf({ pax }: TarHeader): Map<string, string> {
  const records = [...pax].filter(([key]) => key.startsWith(XATTR))
  return new Map(records.map(([key, value]) => [key.slice(XATTR.length), hex(value)]))
}

function hostile(what: string): ApkoError {
  return new ApkoError('IMAGE_HOSTILE', `a layer has ${what}`, {
    hint: 'no builder makes such an image: do not use it',
  })
}
