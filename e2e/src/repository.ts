import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  assembleControl,
  formatPkgInfo,
  type PackageRecord,
  packageFileName,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { gzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { compareBytes, concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { generateKeyPair, loadPrivateKey, type PrivateKey, signIndex } from '@apkts/keyring'

/** What a test says of a package; everything else is filled in. */
export interface PackageFixture {
  readonly name: string
  readonly version?: string
  readonly dependencies?: readonly string[]
  readonly provides?: readonly string[]
  /** Path → content of a file (0755 below a bin directory), or `-> target` for a symlink. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

export interface TestKey {
  readonly key: PrivateKey
  readonly publicPem: string
}

const BUILD_DATE = 1_700_000_000

/** A small key whose public half is called `<name>.rsa.pub`. */
export async function makeKey(name: string): Promise<TestKey> {
  const { privatePem, publicPem } = await generateKeyPair({ bits: 2048 })
  return { key: loadPrivateKey(privatePem, `${name}.rsa`), publicPem }
}

/** The bytes of an unsigned package, which is how packages of a signed index may be. */
export function makePackage(fixture: PackageFixture, arch = 'x86_64'): Uint8Array {
  const data = gzip(writeTar(dataEntries(fixture.files ?? {})))
  const info = formatPkgInfo({
    name: fixture.name,
    version: fixture.version ?? '1.0-r0',
    arch,
    installedSize: 4096,
    origin: fixture.name,
    description: `test package ${fixture.name}`,
    url: 'https://example.com/',
    commit: '',
    buildDate: BUILD_DATE,
    licenses: ['MIT'],
    dependencies: fixture.dependencies ?? [],
    provides: fixture.provides ?? [],
    dataHash: sha256Hex(data),
  })
  const control = assembleControl(info, undefined, {}, BUILD_DATE)
  return concatBytes([control, data])
}

/** Writes `<directory>/<arch>` with the packages and an index, signed unless no key is given. */
export async function makeRepository(
  directory: string,
  fixtures: readonly PackageFixture[],
  key: TestKey | undefined,
  arch = 'x86_64',
): Promise<void> {
  const target = join(directory, arch)
  await mkdir(target, { recursive: true })
  const records: PackageRecord[] = []
  for (const fixture of fixtures) {
    const bytes = makePackage(fixture, arch)
    const record = recordOf(bytes, fixture.name)
    records.push(record)
    await writeFile(join(target, packageFileName(record)), bytes)
  }
  const index = writeIndexArchive(records)
  await writeFile(join(target, 'APKINDEX.tar.gz'), key === undefined ? index : signIndex(index, key.key))
  if (key !== undefined) await writeFile(join(directory, key.key.name), key.publicPem)
}

function recordOf(bytes: Uint8Array, file: string): PackageRecord {
  const { pkgInfo, sections } = splitApk(bytes, file)
  return recordFromPackage(pkgInfo, sections.control.digest, bytes.length)
}

function dataEntries(files: Readonly<Record<string, string | Uint8Array>>): TarInput[] {
  const directories = new Set<string>()
  for (const path of Object.keys(files)) {
    const parts = path.split('/').slice(0, -1)
    for (let i = 1; i <= parts.length; i++) directories.add(parts.slice(0, i).join('/'))
  }
  const paths = [...new Set([...directories, ...Object.keys(files)])].sort(compareBytes)
  return paths.map((path) => (files[path] === undefined ? directoryEntry(path) : fileEntry(path, files[path])))
}

const OWNED = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: BUILD_DATE }

function directoryEntry(path: string): TarInput {
  return { header: tarHeader({ path, type: 'directory', mode: 0o755, ...OWNED }) }
}

function fileEntry(path: string, body: string | Uint8Array): TarInput {
  const link = typeof body === 'string' && body.startsWith('-> ') ? body.slice(3) : undefined
  const content = typeof body === 'string' ? utf8(link ?? body) : body
  const pax = new Map([['APK-TOOLS.checksum.SHA1', utf8(sha1Hex(content))]])
  if (link !== undefined)
    return { header: tarHeader({ path, type: 'symlink', mode: 0o777, linkname: link, pax, ...OWNED }) }
  const mode = /(^|\/)s?bin\//.test(path) ? 0o755 : 0o644
  return { header: tarHeader({ path, type: 'file', mode, size: content.length, pax, ...OWNED }), content }
}
