import * as zlib from 'node:zlib'
import { OciError } from '../error.ts'

/** How layers are compressed. */
export type Compression =
  /** `level` 1 … 9. */
  | { readonly kind: 'gzip'; readonly level: number }
  /** `level` 1 … 19. */
  | { readonly kind: 'zstd'; readonly level: number }
  | { readonly kind: 'none' }

/** Level 6 would make layers 3 % smaller and take 75 % longer. */
export const DEFAULT_COMPRESSION: Compression = { kind: 'gzip', level: 4 }

const DEFAULT_ZSTD_LEVEL = 3
const LEVELS = { gzip: 9, zstd: 19 } as const

/**
 * Reads `gzip`, `gzip:LEVEL`, `zstd`, `zstd:LEVEL` or `none`.
 * @throws OciError `COMPRESSION` for anything else, and for zstd where this version of Node has none
 */
export function parseCompression(text: string): Compression {
  const [, name = '', digits] = /^(gzip|zstd|none)(?::(\d{1,2}))?$/.exec(text) ?? []
  if (name === 'none' && digits === undefined) return { kind: 'none' }
  if (name === 'gzip' || name === 'zstd') {
    const level = digits === undefined ? defaultLevel(name) : Number(digits)
    if (level < 1 || level > LEVELS[name]) {
      throw new OciError('COMPRESSION', `${name} has the levels 1 to ${LEVELS[name]}, not ${digits}`)
    }
    if (name === 'zstd' && !hasZstd()) {
      throw new OciError('COMPRESSION', `Node ${process.version} cannot write zstd`, {
        hint: 'use Node 22.15 or newer, or --compression gzip',
      })
    }
    return { kind: name, level }
  }
  throw new OciError('COMPRESSION', `unknown compression ${JSON.stringify(text)}`, {
    hint: 'gzip, gzip:LEVEL (1 to 9), zstd, zstd:LEVEL (1 to 19), or none',
  })
}

function defaultLevel(name: 'gzip' | 'zstd'): number {
  return name === 'zstd' ? DEFAULT_ZSTD_LEVEL : (DEFAULT_COMPRESSION as { readonly level: number }).level
}

/** Whether this version of Node has zstd. */
export function hasZstd(): boolean {
  return 'zstdCompress' in zlib
}

/** Whether pieces of packages are as good as what the compressor makes; not where a level was asked for that is another. */
export function takesPieces(compression: Compression = DEFAULT_COMPRESSION): boolean {
  return compression.kind === 'gzip' && compression.level === PACKAGE_LEVEL
}

/** The level that packages come up to. */
const PACKAGE_LEVEL = 4

/** Names a compressor: blobs made by equal ones are equal. */
export function compressorName(compression: Compression = DEFAULT_COMPRESSION): string {
  switch (compression.kind) {
    case 'gzip':
      return `zlib ${process.versions.zlib} level ${compression.level} memory 9`
    case 'zstd':
      return `zstd ${(process.versions as Record<string, string>).zstd} level ${compression.level}`
    case 'none':
      return 'none'
  }
}
