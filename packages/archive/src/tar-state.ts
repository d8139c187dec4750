import { utf8Decode } from '@apkts/encoding'
import { ArchiveError } from './error.ts'
import { parsePaxRecords } from './pax.ts'
import { cString, parseBlock } from './tar-block.ts'
import { hasContent } from './tar-format.ts'
import type { TarHeader, TarLimits } from './types.ts'

const DEFAULT_EXTENSION_LIMIT = 1 << 20
const DEFAULT_EXTENSIONS_LIMIT = 1 << 30
const DEFAULT_ENTRY_LIMIT = 10_000_000

/** What a header block asks the reader to do next. */
export type TarStep =
  | { readonly kind: 'zero' }
  | { readonly kind: 'extension'; readonly typeflag: string; readonly size: number }
  | { readonly kind: 'member'; readonly header: TarHeader }

/**
 * The part of tar reading that needs no input or output: it turns header blocks into members and merges pax (`x`) and
 * GNU (`L`, `K`) extensions into the member that follows them.
 */
export class TarState {
  readonly #extensionLimit: number
  readonly #extensionsLimit: number
  readonly #entryLimit: number
  #pax = new Map<string, Uint8Array>()
  #longPath: string | undefined
  #longLink: string | undefined
  #entries = 0
  #extensionBytes = 0
  #pending = false

  constructor(limits: TarLimits = {}) {
    this.#extensionLimit = limits.extension ?? DEFAULT_EXTENSION_LIMIT
    this.#extensionsLimit = limits.extensions ?? DEFAULT_EXTENSIONS_LIMIT
    this.#entryLimit = limits.entries ?? DEFAULT_ENTRY_LIMIT
  }

  /** True while an extension waits for its member. */
  get pending(): boolean {
    return this.#pending
  }

  header(block: Uint8Array): TarStep {
    if (block.every((byte) => byte === 0)) return { kind: 'zero' }
    const raw = parseBlock(block)
    if (isExtension(raw.typeflag!)) return this.#extension(raw)
    if (++this.#entries > this.#entryLimit) {
      throw new ArchiveError('TAR_TOO_LARGE', `tar has more than ${this.#entryLimit} entries`)
    }
    const header = this.#merge(raw)
    this.#pax = new Map()
    this.#longPath = this.#longLink = undefined
    this.#pending = false
    return { kind: 'member', header }
  }

  /** Takes the body of the extension announced by the last step; nothing of the view is kept. */
  extend(typeflag: string, body: Uint8Array): void {
    if (typeflag === 'x') this.#pax = parsePaxRecords(Uint8Array.from(body))
    if (typeflag === 'L') this.#longPath = cString(body)
    if (typeflag === 'K') this.#longLink = cString(body)
    this.#pending = true
  }

  #extension(raw: TarHeader): TarStep {
    if (raw.size > this.#extensionLimit) {
      throw new ArchiveError(
        'TAR_TOO_LARGE',
        `tar extension header ${JSON.stringify(raw.path)} has ${raw.size} bytes, the limit is ${this.#extensionLimit}`,
      )
    }
    this.#extensionBytes += raw.size
    if (this.#extensionBytes > this.#extensionsLimit) {
      throw new ArchiveError('TAR_TOO_LARGE', `tar has more than ${this.#extensionsLimit} bytes of extension headers`)
    }
    return { kind: 'extension', typeflag: raw.typeflag!, size: raw.size }
  }

  #merge(raw: TarHeader): TarHeader {
    const rest = new Map(this.#pax)
    const text = (key: string): string | undefined => {
      const value = rest.get(key)
      rest.delete(key)
      return value === undefined || value.length === 0 ? undefined : utf8Decode(value)
    }
    const whole = (key: string): number | undefined => paxNumber(key, text(key))
    const path = text('path') ?? this.#longPath ?? raw.path
    const type = raw.typeflag === '\0' && path.endsWith('/') ? 'directory' : raw.type
    const size = whole('size') ?? raw.size
    const merged: TarHeader = {
      ...raw,
      type,
      path: type === 'directory' ? withoutTrailingSlash(path) : path,
      linkname: text('linkpath') ?? this.#longLink ?? raw.linkname,
      uname: text('uname') ?? raw.uname,
      gname: text('gname') ?? raw.gname,
      uid: whole('uid') ?? raw.uid,
      gid: whole('gid') ?? raw.gid,
      mtime: paxTime(text('mtime')) ?? raw.mtime,
      size: hasContent(type) ? size : 0,
      pax: rest,
      format: this.#pax.size > 0 ? 'pax' : (raw.format ?? 'v7'),
    }
    if ([...rest.keys()].some((key) => key.startsWith('GNU.sparse.')) || raw.typeflag === 'S') {
      throw new ArchiveError('TAR_UNSUPPORTED', `tar entry ${JSON.stringify(merged.path)} is a GNU sparse file`)
    }
    return merged
  }
}

function isExtension(typeflag: string): boolean {
  return typeflag === 'x' || typeflag === 'L' || typeflag === 'K'
}

function paxNumber(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value) || value < 0)
    throw invalid(`pax record ${key} is ${text}`)
  return value
}

function paxTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^-?\d{1,15}(\.\d*)?$/.test(text)) throw invalid(`pax record mtime is ${text}`)
  return Math.floor(Number(text) + 0.5)
}

function withoutTrailingSlash(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, '')
}

function invalid(problem: string): ArchiveError {
  return new ArchiveError('TAR_INVALID', `tar is malformed: ${problem}`)
}
