import {
  assembleControl,
  formatPkgInfo,
  type PackageRecord,
  type PackageScripts,
  parsePkgInfo,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { gzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { generateKeyPair, type Keys, loadPrivateKey, type PrivateKey, signIndex, signPackage } from '@apkts/keyring'

export interface PackageSpec {
  readonly name: string
  readonly version?: string
  readonly files?: Readonly<Record<string, string>>
  /** Text of `.PKGINFO` after the generated one. */
  readonly dataHash?: string
  readonly scripts?: PackageScripts
}

export interface BuiltPackage {
  readonly bytes: Uint8Array
  readonly record: PackageRecord
}

/** A small unsigned package with directories and files. */
export function buildPackage(spec: PackageSpec): BuiltPackage {
  const { name, version = '1.0-r0', files = { 'usr/bin/tool': `${name} ${version}\n` } } = spec
  const data = gzip(writeTar(Object.entries(files).flatMap(([path, content]) => fileEntries(path, content))))
  const text = formatPkgInfo({
    ...{ name, version, arch: 'x86_64', installedSize: 1, origin: name, description: 'test', url: '', commit: '' },
    buildDate: 1,
    dataHash: spec.dataHash ?? sha256Hex(data),
  })
  const control = assembleControl(text, undefined, spec.scripts ?? {}, 1)
  const bytes = concatBytes([control, data])
  return {
    bytes,
    record: recordFromPackage(parsePkgInfo(text), splitApk(bytes, name).sections.control.digest, bytes.length),
  }
}

function fileEntries(path: string, content: string): TarInput[] {
  const parents = path.split('/').slice(0, -1)
  const directories = parents.map((_, i) => ({
    header: tarHeader({ path: parents.slice(0, i + 1).join('/'), type: 'directory' }),
  }))
  const pax = new Map([['APK-TOOLS.checksum.SHA1', utf8(sha1Hex(content))]])
  const bytes = utf8(content)
  return [
    ...directories,
    { header: tarHeader({ path, type: 'file', mode: 0o755, size: bytes.length, pax }), content: bytes },
  ]
}

export interface TestKey {
  readonly key: PrivateKey
  readonly keys: Keys
}

/** A key pair and the keyring that trusts it. */
export async function createKey(name = 'test.rsa'): Promise<TestKey> {
  const pair = await generateKeyPair({ bits: 2048 })
  return { key: loadPrivateKey(pair.privatePem, name), keys: new Map([[`${name}.pub`, pair.publicPem]]) }
}

/** A signed index of packages. */
export function buildIndex(packages: readonly BuiltPackage[], key?: PrivateKey): Uint8Array {
  const unsigned = writeIndexArchive(packages.map(({ record }) => record))
  return key === undefined ? unsigned : signIndex(unsigned, key)
}

export function signed(built: BuiltPackage, key: PrivateKey): BuiltPackage {
  return { bytes: signPackage(built.bytes, key), record: built.record }
}
