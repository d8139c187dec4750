import { generateKeyPairSync } from 'node:crypto'
import {
  assembleControl,
  CHECKSUM_RECORD,
  formatPkgInfo,
  type PackageRecord,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { gzip, type TarHeader, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { loadPrivateKey, type PrivateKey, signPackage } from '@apkts/keyring'
import { type Report, verifyPackageStream } from '../../src/verify/index.ts'

/** A fresh key of 2048 bits under that name. */
export function makeKey(name: string): PrivateKey {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return loadPrivateKey(privateKey, name)
}

export function keysOf(...keys: readonly PrivateKey[]): Map<string, string> {
  return new Map(keys.map(({ name, publicPem }) => [name, publicPem]))
}

/** A regular file of a data section with its right checksum, fields overridden. */
export function file(path: string, text: string, fields: Partial<TarHeader> = {}): TarInput {
  const content = utf8(text)
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(content))]])
  return { header: tarHeader({ path, type: 'file', size: content.length, pax, ...fields }), content }
}

export function entry(type: TarHeader['type'], path: string, fields: Partial<TarHeader> = {}): TarInput {
  return { header: tarHeader({ path, type, ...fields }) }
}

export interface Shape {
  readonly name?: string
  /** The data tar, from entries or as bytes. */
  readonly entries?: readonly TarInput[]
  readonly tar?: Uint8Array
  /** The compressed data section. */
  readonly data?: Uint8Array
  readonly dataHash?: string
  readonly key?: PrivateKey
}

const DEFAULT_ENTRIES = [
  entry('directory', 'usr'),
  entry('directory', 'usr/bin'),
  file('usr/bin/a', 'hello\n', { mode: 0o755 }),
]

/** A package with single properties changed. */
export function makePackage(shape: Shape = {}): Uint8Array {
  const data = shape.data ?? gzip(shape.tar ?? writeTar(shape.entries ?? DEFAULT_ENTRIES), { header: 'melange' })
  const text = formatPkgInfo({
    name: shape.name ?? 'demo',
    version: '1.0-r0',
    arch: 'x86_64',
    installedSize: 6,
    origin: 'demo',
    description: 'a demo',
    url: '',
    commit: '',
    buildDate: 1700000000,
    dataHash: shape.dataHash ?? sha256Hex(data),
  })
  const unsigned = concatBytes([assembleControl(text, undefined, {}, 1700000000), data])
  return shape.key === undefined ? unsigned : signPackage(unsigned, shape.key)
}

export function recordOf(bytes: Uint8Array): PackageRecord {
  const { pkgInfo, sections } = splitApk(bytes, 'p.apk')
  return recordFromPackage(pkgInfo, sections.control.digest, bytes.length)
}

export function makeIndex(packages: readonly Uint8Array[]): Uint8Array {
  return writeIndexArchive(packages.map(recordOf))
}

export async function* stream(bytes: Uint8Array, chunk = 1 << 16): AsyncGenerator<Uint8Array, void, void> {
  for (let i = 0; i < bytes.length; i += chunk) yield bytes.subarray(i, i + chunk)
}

export async function verify(bytes: Uint8Array, keys: ReadonlyMap<string, string>, more = {}): Promise<Report> {
  return verifyPackageStream({ subject: 'p.apk', bytes: stream(bytes), keys, ...more })
}

/** Codes of faults, and of warnings with a question mark. */
export function codes({ faults, warnings }: Report): string[] {
  return [...faults.map(({ code }) => code), ...warnings.map(({ code }) => `${code}?`)]
}
