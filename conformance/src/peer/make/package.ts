import { type PackageRecord, packageRecord, rootFile } from '@apkts/apk'
import { gzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { base64, concatBytes, fromBase64, hex, sha1, sha256Hex, utf8 } from '@apkts/encoding'
import { type PrivateKey, signPackage } from '@apkts/keyring'
import { CASE_TIME, type EntrySpec, type PackageSpec } from '../case.ts'

export interface MadePackage {
  readonly bytes: Uint8Array
  readonly record: PackageRecord
}

/** A package file and its index record. The record is made from what the case says, not from what our reader reads. */
export function makePackage(spec: PackageSpec, arch: string, key: PrivateKey): MadePackage {
  const data = gzip(writeTar(spec.entries.map(entryOf)))
  const control = gzip(writeTar(controlEntries(spec, arch, sha256Hex(data)), { end: false }))
  const unsigned = concatBytes([control, data])
  const bytes = spec.signed === true ? signPackage(unsigned, key) : unsigned
  return { bytes, record: recordOf(spec, { arch, checksum: sha1(control), size: bytes.length }) }
}

function controlEntries({ name, version, fields, scripts, ...spec }: PackageSpec, arch: string, hash: string) {
  const lines = [['pkgname', name], ['pkgver', version], ['arch', spec.arch ?? arch], ...fields, ['datahash', hash]]
  const text = lines.map(([field, value]) => `${field} = ${value}\n`).join('')
  const files = [
    { name: '.PKGINFO', text, mode: 0o644 },
    ...scripts.map((script) => ({ ...script, name: `.${script.name}` })),
  ]
  return files.map((file) => rootFile(file.name, utf8(file.text), file.mode, CASE_TIME))
}

function entryOf(spec: EntrySpec): TarInput {
  const content = spec.type === 'file' ? contentOf(spec.text ?? '') : new Uint8Array(0)
  const header = tarHeader({
    path: spec.path,
    type: spec.type,
    ...(spec.mode === undefined ? {} : { mode: spec.mode }),
    uid: spec.uid ?? 0,
    gid: spec.gid ?? 0,
    uname: spec.uname ?? 'root',
    gname: 'root',
    mtime: spec.mtime ?? CASE_TIME,
    size: content.length,
    linkname: spec.link ?? '',
    pax: recordsOf(spec, content),
  })
  return content.length === 0 ? { header } : { header, content }
}

function contentOf(text: string): Uint8Array {
  return text.startsWith('base64:') ? fromBase64(text.slice('base64:'.length))! : utf8(text)
}

function recordsOf(spec: EntrySpec, content: Uint8Array): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>()
  if (spec.type === 'file' || spec.type === 'symlink') {
    const digest = sha1(spec.type === 'symlink' ? utf8(spec.link ?? '') : content)
    const text = checksumText(spec.checksum ?? 'hex', digest)
    if (text !== undefined) records.set('APK-TOOLS.checksum.SHA1', utf8(text))
  }
  for (const [name, value] of Object.entries(spec.xattrs ?? {})) records.set(`SCHILY.xattr.${name}`, utf8(value))
  return records
}

function checksumText(how: NonNullable<EntrySpec['checksum']>, digest: Uint8Array): string | undefined {
  if (how === 'none') return undefined
  if (how === 'wrong') return hex(sha1(digest))
  return how === 'Q1' ? `Q1${base64(digest)}` : hex(digest)
}

interface RecordFacts {
  readonly arch: string
  readonly checksum: Uint8Array
  readonly size: number
}

function recordOf(spec: PackageSpec, { arch, checksum, size }: RecordFacts): PackageRecord {
  const all = (key: string) => spec.fields.filter(([field]) => field === key).map(([, value]) => value)
  const last = (key: string) => all(key).at(-1) ?? ''
  return packageRecord({
    name: spec.name,
    version: spec.version,
    arch: spec.arch ?? arch,
    description: last('pkgdesc'),
    license: all('license').join(' AND '),
    origin: last('origin'),
    url: last('url'),
    commit: last('commit'),
    dependencies: all('depend'),
    provides: all('provides'),
    installIf: spec.installIf ?? [],
    size,
    installedSize: Number(last('size')),
    buildTime: last('builddate') === '' ? undefined : Number(last('builddate')),
    providerPriority: BigInt(last('provider_priority') || 0),
    checksum,
  })
}
