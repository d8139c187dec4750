import { gzip, type TarHeader, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { assembleControl, CHECKSUM_RECORD, formatPkgInfo, type PkgInfoInput, rootFile } from '../src/index.ts'

export const pkgInfoInput: PkgInfoInput = {
  name: 'demo',
  version: '1.0-r0',
  arch: 'x86_64',
  installedSize: 30,
  origin: 'demo',
  description: 'a demo',
  url: 'https://example.com/',
  commit: '0123456789abcdef0123456789abcdef01234567',
  buildDate: 1700000000,
  licenses: ['MIT'],
  dependencies: ['so:libc.so.6'],
  provides: ['cmd:hello=1.0-r0'],
  dataHash: '',
}

/** A regular file of a data section with its checksum record. */
export function dataFile(path: string, text: string, fields: Partial<TarHeader> = {}): TarInput {
  const content = utf8(text)
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(content))], ...(fields.pax ?? [])])
  return { header: tarHeader({ path, type: 'file', size: content.length, ...fields, pax }), content }
}

export function directory(path: string, fields: Partial<TarHeader> = {}): TarInput {
  return { header: tarHeader({ path, type: 'directory', ...fields }) }
}

export interface PackageChoices {
  readonly entries?: readonly TarInput[]
  /** Keep the data tar's end marker; default true. */
  readonly dataEnd?: boolean
  /** What to do to the compressed data section before its hash is taken. */
  readonly data?: (data: Uint8Array) => Uint8Array
  readonly dataHash?: string
  readonly control?: (pkgInfo: string) => Uint8Array
  readonly signatures?: readonly Uint8Array[]
}

/** A package as melange would make it, with single properties changed. */
export function buildPackage(choices: PackageChoices = {}): Uint8Array {
  const entries = choices.entries ?? [directory('usr'), dataFile('usr/a', 'hello\n')]
  const plain = gzip(writeTar(entries, { end: choices.dataEnd ?? true }), { header: 'melange' })
  const data = choices.data?.(plain) ?? plain
  const text = formatPkgInfo({ ...pkgInfoInput, dataHash: choices.dataHash ?? sha256Hex(data) })
  const control = choices.control?.(text) ?? assembleControl(text, undefined, {}, 1700000000)
  return concatBytes([...(choices.signatures ?? []), control, data])
}

/** A signature section with a signature that nobody checks here. */
export function signatureSection(options: { end?: boolean } = {}): Uint8Array {
  const entry = rootFile('.SIGN.RSA256.test.rsa.pub', new Uint8Array(256), 0o644, 0)
  return gzip(writeTar([entry], { end: options.end ?? false }))
}

export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}
