import { createHash } from 'node:crypto'
import { compareBytes, concatBytes, utf8, utf8Decode } from '@apkts/encoding'
import { RootfsError } from '../error.ts'

/** An entry of a Java key store. Private keys are kept as they are, encrypted. */
export type KeyStoreEntry = TrustedCertificate | PrivateKeyEntry

export interface TrustedCertificate {
  readonly kind: 'certificate'
  readonly alias: string
  /** Milliseconds since 1970. */
  readonly created: bigint
  /** Usually `X.509`. */
  readonly type: string
  readonly der: Uint8Array
}

export interface PrivateKeyEntry {
  readonly kind: 'key'
  readonly alias: string
  readonly created: bigint
  readonly key: Uint8Array
  readonly chain: readonly { readonly type: string; readonly der: Uint8Array }[]
}

const MAGIC = 0xfeedfeed
const VERSION = 2
const TAG_KEY = 1
const TAG_CERTIFICATE = 2
const DIGEST_LENGTH = 20
const MAX_ENTRIES = 100_000

/** Reads a JKS store (the format of `java.security.KeyStore`, version 2). @throws RootfsError `TRUSTSTORE_INVALID` */
export function parseKeyStore(bytes: Uint8Array, password: string, file: string): KeyStoreEntry[] {
  const fail = (problem: string) => invalid(file, problem)
  if (bytes.length < 12 + DIGEST_LENGTH) throw fail('it is too short')
  const body = bytes.subarray(0, bytes.length - DIGEST_LENGTH)
  const reader = new Reader(body, fail)
  if (reader.u32() !== MAGIC) throw fail('it does not start with FEEDFEED')
  if (reader.u32() !== VERSION) throw fail(`expected version ${VERSION}`)
  const stored = bytes.subarray(body.length)
  if (Buffer.compare(stored, storeDigest(body, password)) !== 0) throw fail('its checksum does not match its password')
  const count = reader.u32()
  if (count > MAX_ENTRIES) throw fail(`it announces ${count} entries`)
  const entries = Array.from({ length: count }, () => readEntry(reader, fail))
  if (!reader.done) throw fail('it has bytes after its last entry')
  return entries
}

/** Writes a JKS store, entries in byte order of their aliases. */
export function formatKeyStore(entries: readonly KeyStoreEntry[], password: string): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareBytes(a.alias, b.alias))
  const body = concatBytes([u32(MAGIC), u32(VERSION), u32(sorted.length), ...sorted.flatMap(entryParts)])
  return concatBytes([body, storeDigest(body, password)])
}

function readEntry(reader: Reader, fail: (problem: string) => RootfsError): KeyStoreEntry {
  const tag = reader.u32()
  const alias = reader.text()
  const created = reader.u64()
  if (tag === TAG_CERTIFICATE) return { kind: 'certificate', alias, created, ...readCertificate(reader) }
  if (tag !== TAG_KEY) throw fail(`unknown entry type ${tag}`)
  const key = reader.bytes(reader.u32())
  const count = reader.u32()
  if (count > MAX_ENTRIES) throw fail(`it announces a chain of ${count} certificates`)
  return { kind: 'key', alias, created, key, chain: Array.from({ length: count }, () => readCertificate(reader)) }
}

function readCertificate(reader: Reader): { type: string; der: Uint8Array } {
  const type = reader.text()
  return { type, der: reader.bytes(reader.u32()) }
}

function entryParts(entry: KeyStoreEntry): Uint8Array[] {
  const head = [u32(entry.kind === 'key' ? TAG_KEY : TAG_CERTIFICATE), ...text(entry.alias), u64(entry.created)]
  if (entry.kind === 'certificate') return [...head, ...certificateParts(entry)]
  const chain = entry.chain.flatMap(certificateParts)
  return [...head, u32(entry.key.length), entry.key, u32(entry.chain.length), ...chain]
}

function certificateParts({ type, der }: { readonly type: string; readonly der: Uint8Array }): Uint8Array[] {
  return [...text(type), u32(der.length), der]
}

function storeDigest(body: Uint8Array, password: string): Uint8Array {
  const salted = Buffer.from(password, 'utf16le').swap16()
  return createHash('sha1').update(salted).update('Mighty Aphrodite').update(body).digest()
}

function text(value: string): Uint8Array[] {
  const encoded = utf8(value)
  const length = new Uint8Array(2)
  new DataView(length.buffer).setUint16(0, encoded.length)
  return [length, encoded]
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

function invalid(file: string, problem: string): RootfsError {
  return new RootfsError('TRUSTSTORE_INVALID', `/${file} is not a Java key store with the usual password: ${problem}`, {
    hint: 'Only the JKS format can be extended. Convert a PKCS#12 store with: keytool -importkeystore -deststoretype jks',
  })
}

/** Big-endian reader that never leaves its bytes. */
class Reader {
  #offset = 0
  readonly #view: DataView

  constructor(
    readonly source: Uint8Array,
    readonly fail: (problem: string) => RootfsError,
  ) {
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  }

  get done(): boolean {
    return this.#offset === this.source.length
  }

  bytes(length: number): Uint8Array {
    return this.source.subarray(this.#take(length), this.#offset)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8))
  }

  text(): string {
    return utf8Decode(this.bytes(this.#view.getUint16(this.#take(2))))
  }

  #take(length: number): number {
    const start = this.#offset
    if (length > this.source.length - start) throw this.fail(`it ends early, at byte ${start}`)
    this.#offset = start + length
    return start
  }
}
